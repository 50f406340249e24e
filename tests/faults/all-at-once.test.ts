import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { Glass } from '../support/crash-glass.ts';
import { CrashLoad } from '../support/crash-load.ts';
import { print, screenNames, seeded } from '../support/crash-scene.ts';
import { judge, NOTHING_WRONG } from '../support/crash-tally.ts';
import { DeviceProcess } from '../support/device-process.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { ServerProcess } from '../support/server-process.ts';
import { TcpFront } from '../support/tcp-front.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

const FAULTS = Number(process.env['FAULT_FAULTS'] ?? 20);

async function startNode(redis: RedisProcess): Promise<ServerProcess> {
  const node = await ServerProcess.start(
    {
      store: { kind: 'redis', url: redis.url, partitions: 4, timeoutMs: 2_000 },
      heartbeat: { intervalMs: 1_000, timeoutMs: 1_000 },
      retryMs: 20,
    },
    true,
  );
  onTestFinished(() => node.stop());
  return node;
}

// Two nodes, Redis, the devices and their line, each struck at random: faults meet that never meet
// where only one of them is tried.
it('whatever is struck, nothing is lost', { timeout: 240_000 }, async () => {
  const { seed, random } = seeded();
  const redis = await RedisProcess.start();
  onTestFinished(async () => {
    redis.resume();
    await redis.stop();
  });
  const first = await startNode(redis);
  const nodes = [first, await startNode(redis)];
  const front = await TcpFront.start(nodes.map(({ port }) => port));
  const line = await TcpProxy.start(front.port);
  onTestFinished(async () => {
    await line.close();
    await front.close();
  });
  const screens = screenNames(3);
  const devices: DeviceProcess[] = [];
  for (const screenId of screens) {
    const paired = await first.pair(screenId);
    const device = await DeviceProcess.start(line.url, paired, { crashChance: 0.002 });
    onTestFinished(() => device.stop());
    devices.push(device);
  }
  const at = { url: front.url, token: first.admin.accessToken };
  const load = new CrashLoad({ ...at, screens, displays: 3, random, restMs: 10 });
  load.start();

  const aWhile = (mostMs: number) => sleep(random.between(0, mostMs));
  const strikes = [
    async () => {
      const node = random.pick(nodes);
      await node.kill();
      await aWhile(300);
      await node.restart();
    },
    async () => {
      await redis.kill();
      await aWhile(300);
      await redis.restart();
    },
    async () => {
      redis.pause();
      await aWhile(3_000);
      redis.resume();
    },
    async () => random.pick(devices).kill(),
    async () => {
      line.cut();
      await aWhile(100);
      line.restore();
    },
    async () => {
      line.halfOpen(random.pick(['up', 'down', 'both'] as const));
      await aWhile(2_500);
      line.restore();
    },
  ];
  for (let n = 0; n < FAULTS; n++) {
    await aWhile(1_200);
    await random.pick(strikes)();
  }
  await load.more(100);
  await load.stop();
  const glass = new Glass();
  const seen = () => {
    for (const device of devices) device.tell(glass);
    return glass;
  };
  const tally = await judge(load, seen, at);
  const deaths = devices.reduce((sum, device) => sum + device.deaths, 0);
  print('All at once', seed, load, { ...tally, faults: FAULTS, deviceDeaths: deaths });
  expect(tally).toMatchObject({ ...NOTHING_WRONG, shownThenSuperseded: 0 });
});
