import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandView } from '@remote-display/protocol';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { Glass } from '../support/crash-glass.ts';
import { CrashLoad } from '../support/crash-load.ts';
import { print, screenNames, seeded } from '../support/crash-scene.ts';
import { judge, NOTHING_WRONG } from '../support/crash-tally.ts';
import { POISON } from '../support/crash-wishes.ts';
import { DeviceProcess } from '../support/device-process.ts';
import { ServerProcess } from '../support/server-process.ts';

const KILLS = 20;
const COMMANDS = 2_000;

let server: ServerProcess;
beforeEach(async ({ onTestFinished }) => {
  const folder = mkdtempSync(join(tmpdir(), 'remote-display-'));
  server = await ServerProcess.start({
    store: { kind: 'sqlite', path: join(folder, 'test.db') },
    retryMs: 20,
  });
  onTestFinished(async () => {
    await server.kill();
    rmSync(folder, { recursive: true });
  });
});

async function startDevice(screenId: string, crashChance = 0): Promise<DeviceProcess> {
  const paired = await server.pair(screenId);
  const device = await DeviceProcess.start(server.url, paired, { crashChance });
  onTestFinished(() => device.stop());
  return device;
}

it('devices that die at random, and at every step, show nothing twice', async () => {
  const { seed, random } = seeded();
  const screens = screenNames(3);
  const devices: DeviceProcess[] = [];
  for (const screenId of screens) devices.push(await startDevice(screenId, 0.002));
  const at = { url: server.url, token: server.admin.accessToken };
  const load = new CrashLoad({ ...at, screens, displays: 3, random, restMs: 10 });
  load.start();
  const deaths = () => devices.reduce((sum, device) => sum + device.deaths, 0);
  while (deaths() < KILLS || load.accepted.length < COMMANDS) {
    await sleep(random.between(300, 900));
    random.pick(devices).kill();
  }
  await load.stop();
  const glass = new Glass();
  const tally = await judge(
    load,
    () => {
      for (const device of devices) device.tell(glass);
      return glass;
    },
    at,
  );
  print('Devices', seed, load, { ...tally, kills: deaths() });
  expect(tally).toMatchObject(NOTHING_WRONG);
});

it('a command that kills its device each time is dead, and the next of its slot is shown', async () => {
  const device = await startDevice('station-0');
  const post = async (orderId: string, query = ''): Promise<CommandView> => {
    const answer = await fetch(`${server.url}/api/trigger${query}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.admin.accessToken}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        ...{ id: crypto.randomUUID(), orderId, screenId: 'station-0', displayIndex: 1 },
        ...{ timestamp: Date.now(), queue: 'all' },
      }),
    });
    return (await answer.json()) as CommandView;
  };
  const { commandId } = await post(`${POISON}:1`);
  expect(await post('station-0.1:2', '?wait=shown&timeout=60000')).toMatchObject({
    state: 'shown',
  });
  const letters = await fetch(`${server.url}/api/dead-letters/${commandId}`, {
    headers: { authorization: `Bearer ${server.admin.accessToken}` },
  });
  expect(await letters.json()).toMatchObject({
    command: { state: 'dead', error: { code: 'INTERRUPTED' } },
    payload: { orderId: `${POISON}:1` },
  });
  const glass = new Glass();
  device.tell(glass);
  expect(glass.has('station-0.1:2')).toBe(true);
  console.log(`Poison: it killed its device ${device.deaths} times`);
  // Its handler ran so often before it was given up, and the next one ran once.
  expect(glass.runs).toBe(device.deaths + 1);
  expect(device.deaths).toBe(4);
});
