import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { type Scene, startScene } from '../support/crash-scene.ts';
import { NOTHING_WRONG } from '../support/crash-tally.ts';
import { ServerProcess } from '../support/server-process.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

const heartbeat = { intervalMs: 500, timeoutMs: 500 };

let server: ServerProcess;
let line: TcpProxy;
beforeEach(async ({ onTestFinished }) => {
  const folder = mkdtempSync(join(tmpdir(), 'remote-display-'));
  server = await ServerProcess.start({
    store: { kind: 'sqlite', path: join(folder, 'test.db') },
    heartbeat,
    retryMs: 20,
  });
  line = await TcpProxy.start(server.port);
  onTestFinished(async () => {
    await line.close();
    await server.kill();
    rmSync(folder, { recursive: true });
  });
});

const startLoad = (name: string): Promise<Scene> =>
  startScene({
    ...{ name, server, url: line.url, screens: 4, displays: 2, restMs: 5 },
    giveUpMs: 2_000,
  });

it('a line that is cut ten times a second loses nothing', async () => {
  const scene = await startLoad('Line flapping');
  const cuts = 50;
  for (let n = 0; n < cuts; n++) {
    await sleep(scene.random.between(20, 150));
    line.cut();
    await sleep(scene.random.between(0, 50));
    line.restore();
  }
  await scene.load.more(200);
  expect(await scene.finish({ cuts })).toMatchObject(NOTHING_WRONG);
});

it('a line that goes dead, both ways or one way, without a word, loses nothing', async () => {
  const scene = await startLoad('Line half-open');
  const deaths = ['both', 'up', 'down', 'both', 'up', 'down'] as const;
  for (const direction of deaths) {
    await scene.load.more(50);
    line.halfOpen(direction);
    await sleep(1_500);
    line.restore();
  }
  await scene.load.more(200);
  expect(await scene.finish({ deaths: deaths.length })).toMatchObject(NOTHING_WRONG);
});

it('a line that is slow and then narrow loses nothing', async () => {
  const scene = await startLoad('Line slow');
  await scene.load.more(100);
  line.delay(300);
  await sleep(3_000);
  line.delay(20);
  line.throttle(30_000);
  await sleep(3_000);
  line.throttle(Infinity);
  line.delay(0);
  await scene.load.more(100);
  expect(await scene.finish()).toMatchObject(NOTHING_WRONG);
});
