import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Scene, startScene } from '../support/crash-scene.ts';
import { NOTHING_WRONG } from '../support/crash-tally.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { ServerProcess } from '../support/server-process.ts';
import { TcpFront } from '../support/tcp-front.ts';

const STORE_TIMEOUT_MS = 2_000;
const RIGHT = { ...NOTHING_WRONG, shownThenSuperseded: 0 };

async function startRedis(): Promise<RedisProcess> {
  // A replica need not wait five seconds for others to come.
  const redis = await RedisProcess.start({ args: ['--repl-diskless-sync-delay', '0'] });
  onTestFinished(async () => {
    redis.resume();
    await redis.stop();
  });
  return redis;
}

async function startServer(
  url: string,
  replicas?: { min: number; timeoutMs: number },
): Promise<ServerProcess> {
  const server = await ServerProcess.start({
    store: {
      kind: 'redis',
      url,
      timeoutMs: STORE_TIMEOUT_MS,
      ...(replicas ? { replicas } : {}),
    },
    retryMs: 20,
  });
  onTestFinished(() => server.stop());
  return server;
}

function startSmallScene(name: string, server: ServerProcess): Promise<Scene> {
  return startScene({ name, server, screens: 4, displays: 2, restMs: 5 });
}

const isWell = async (server: ServerProcess) => (await fetch(`${server.url}/api/health`)).ok;

describe('Redis under load', () => {
  let redis: RedisProcess;
  let server: ServerProcess;
  beforeEach(async () => {
    redis = await startRedis();
    server = await startServer(redis.url);
  });

  /** Refused for the store's sake, within its time, until it is mended; then accepted unaided. */
  async function isRefusedUntilMended(
    scene: Scene,
    harm: () => unknown,
    mend: () => unknown,
    harmMs: number,
  ): Promise<void> {
    await scene.load.more(100);
    await harm();
    await expect.poll(() => isWell(server), { timeout: 5_000 }).toBe(false);
    await sleep(harmMs);
    expect(scene.load.refusals.get('STORE_UNAVAILABLE')).toBeGreaterThan(0);
    await mend();
    await scene.load.more(300);
    expect(await isWell(server)).toBe(true);
    expect(server.isAlive).toBe(true);
    expect(scene.load.slowestMs).toBeLessThan(STORE_TIMEOUT_MS + 1_500);
  }

  it('killed with -9 and started on its append-only file loses nothing', async () => {
    const scene = await startSmallScene('Redis killed', server);
    const kills = 5;
    for (let kill = 0; kill < kills; kill++) {
      await scene.load.more(100);
      await sleep(scene.random.between(0, 200));
      await redis.kill();
      await sleep(scene.random.between(0, 500));
      await redis.restart();
    }
    await scene.load.more(200);
    expect(await scene.finish({ redisKills: kills })).toMatchObject(RIGHT);
    expect(server.isAlive).toBe(true);
  });

  it('paused for 10 s refuses in time and goes on', async () => {
    const scene = await startSmallScene('Redis paused for 10 s', server);
    const pause = () => redis.pause();
    const resume = () => redis.resume();
    await isRefusedUntilMended(scene, pause, resume, 10_000);
    expect(await scene.finish()).toMatchObject(RIGHT);
  });

  it('that cuts all its clients loses nothing', async () => {
    const scene = await startSmallScene('Redis CLIENT KILL', server);
    for (let round = 0; round < 20; round++) {
      await scene.load.more(25);
      await redis.cli('client', 'kill', 'type', round % 2 ? 'normal' : 'pubsub');
    }
    await scene.load.more(100);
    expect(await scene.finish({ rounds: 20 })).toMatchObject(RIGHT);
  });

  it('out of memory refuses, and goes on once there is some', async () => {
    const scene = await startSmallScene('Redis out of memory', server);
    const fill = () => redis.cli('config', 'set', 'maxmemory', '1mb');
    const free = () => redis.cli('config', 'set', 'maxmemory', '0');
    await isRefusedUntilMended(scene, fill, free, 1_000);
    expect(await scene.finish()).toMatchObject(RIGHT);
  });

  it('that may only be read refuses, and goes on once it is a master', async () => {
    const scene = await startSmallScene('Redis read-only', server);
    // Of a master that is not there, so that what it has stays.
    const demote = () => redis.cli('replicaof', '127.0.0.1', '1');
    await isRefusedUntilMended(scene, demote, () => redis.promote(), 1_000);
    expect(await scene.finish()).toMatchObject(RIGHT);
  });

  it('that forgets its scripts is given them again', async () => {
    const scene = await startSmallScene('Redis SCRIPT FLUSH', server);
    for (let round = 0; round < 20; round++) {
      await scene.load.more(25);
      await redis.cli('script', 'flush');
    }
    expect(await scene.finish({ rounds: 20 })).toMatchObject(RIGHT);
    expect(scene.load.refusals.size).toBe(0);
  });

  // The one disaster: what was accepted is gone. Everything accepted afterwards is as good as ever.
  it('that was emptied takes and shows what comes afterwards', async () => {
    const scene = await startSmallScene('Redis FLUSHALL', server);
    await scene.load.more(300);
    await redis.flushall();
    await scene.newLoad();
    await scene.load.more(300);
    expect(server.isAlive).toBe(true);
    const tally = await scene.finish();
    expect(tally).toMatchObject(RIGHT);
    expect(tally.shown).toBeGreaterThan(0);
  });
});

it('a failover to a replica that had it all loses nothing', async () => {
  let [master, replica] = [await startRedis(), await startRedis()];
  await replica.replicaOf(master);
  const front = await TcpFront.start([master.port]);
  onTestFinished(() => front.close());
  const server = await startServer(`redis://127.0.0.1:${front.port}`, { min: 1, timeoutMs: 500 });
  const scene = await startSmallScene('Redis failing over', server);
  const failovers = 3;
  for (let n = 1; n <= failovers; n++) {
    await scene.load.more(200);
    const refused = () => scene.load.refusals.get('STORE_UNAVAILABLE') ?? 0;
    const before = refused();
    // It falls behind: what it does not have must not count as accepted.
    replica.pause();
    await sleep(scene.random.between(100, 700));
    await master.kill();
    replica.resume();
    await replica.promote();
    front.moveTo([replica.port]);
    // Alone it accepts nothing: that could be lost with it.
    await expect.poll(refused, { timeout: 10_000 }).toBeGreaterThan(before);
    await master.restart();
    await master.replicaOf(replica);
    [master, replica] = [replica, master];
  }
  await scene.load.more(200);
  expect(await scene.finish({ failovers })).toMatchObject(RIGHT);
  expect(server.isAlive).toBe(true);
});
