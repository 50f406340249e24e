import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { killAgainAndAgain } from '../support/crash-kills.ts';
import { startScene } from '../support/crash-scene.ts';
import { NOTHING_WRONG } from '../support/crash-tally.ts';
import { RedisProcess } from '../support/redis-process.ts';
import type { ServerMainOptions } from '../support/server-main.ts';
import { ServerProcess } from '../support/server-process.ts';
import { TcpFront } from '../support/tcp-front.ts';

// Fewer while one looks for a fault; never fewer in `npm run test:faults`.
const LEAST = {
  kills: Number(process.env['FAULT_KILLS'] ?? 50),
  commands: Number(process.env['FAULT_COMMANDS'] ?? 20_000),
};
const timeout = 240_000;

async function startServer(store: ServerMainOptions['store']): Promise<ServerProcess> {
  const server = await ServerProcess.start({ store, retryMs: 20 }, true);
  onTestFinished(() => server.stop());
  return server;
}

async function startRedis(): Promise<RedisProcess> {
  const redis = await RedisProcess.start();
  onTestFinished(() => redis.stop());
  return redis;
}

it('on SQLite, killed at random under load, nothing is lost', { timeout }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'remote-display-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const server = await startServer({ kind: 'sqlite', path: join(folder, 'test.db') });
  const scene = await startScene({ name: 'SQLite', server, restMs: 15 });
  const killed = await killAgainAndAgain(scene, [server], LEAST);
  expect(await scene.finish(killed)).toMatchObject(NOTHING_WRONG);
});

it('on Redis, killed at random under load, nothing is lost', { timeout }, async () => {
  const redis = await startRedis();
  const server = await startServer({ kind: 'redis', url: redis.url });
  const scene = await startScene({ name: 'Redis', server, restMs: 15 });
  const killed = await killAgainAndAgain(scene, [server], LEAST);
  const tally = await scene.finish(killed);
  // There everything is stored before it is told.
  expect(tally).toMatchObject({ ...NOTHING_WRONG, shownThenSuperseded: 0 });
});

it('on Redis, one of two nodes killed at random, nothing is lost', { timeout }, async () => {
  const redis = await startRedis();
  const nodes = [
    await startServer({ kind: 'redis', url: redis.url, partitions: 4 }),
    await startServer({ kind: 'redis', url: redis.url, partitions: 4 }),
  ];
  const front = await TcpFront.start(nodes.map(({ port }) => port));
  onTestFinished(() => front.close());
  const [server] = nodes as [ServerProcess];
  const scene = await startScene({ name: 'Redis, two nodes', server, url: front.url, restMs: 15 });
  const killed = await killAgainAndAgain(scene, nodes, {
    kills: LEAST.kills / 2,
    commands: LEAST.commands / 2,
  });
  const tally = await scene.finish(killed);
  expect(tally).toMatchObject({ ...NOTHING_WRONG, shownThenSuperseded: 0 });
});
