import { type Outcome, RemoteDisplayError, type SettledState } from '@remote-display/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory-store.ts';
import type { CommandStore, Store } from '../store/store.ts';
import { draftOf } from '../testing/drafts.ts';
import { startEngine, TestDevice } from '../testing/engines.ts';
import { sharedStore } from '../testing/shared-store.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { Engine } from './engine.ts';

let clock: VirtualClock;
let store: Store;
let engine: Engine;

beforeEach(() => {
  clock = new VirtualClock();
  store = memoryStore();
  engine = startEngine(store, clock);
});

const accept = async (id: string, given: Partial<Parameters<typeof draftOf>[0]> = {}) =>
  (await engine.accept(draftOf({ now: clock.now(), id, ...given }))).command;
const stateOf = async (id: string) => (await engine.find(id))?.state;

/** The store's commands with one operation of a test's own. */
function withOperation<N extends keyof CommandStore>(name: N, own: CommandStore[N]): CommandStore {
  return new Proxy(store.commands, {
    get: (target, asked: keyof CommandStore) => (asked === name ? own : target[asked].bind(target)),
  });
}

describe('a repeated or late message', () => {
  it.each<[string, SettledState]>([
    ['shown', 'shown'],
    ['failed', 'shown'],
  ])('%s after shown changes nothing', async (state) => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    await device.outcome('a', 'shown');
    const before = await engine.find('a');
    expect(await device.outcome('a', state as Outcome['state'])).toEqual(['a']);
    await device.receipt('a');
    expect(await engine.find('a')).toEqual(before);
  });

  it('of an attempt that failed is noted once', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    await device.outcome('a', 'failed');
    await device.outcome('a', 'failed');
    await clock.advance(1_000);
    await device.outcome('a', 'failed', 1);
    expect(device.got).toHaveLength(2);
    expect(
      (await engine.find('a'))?.history.filter(({ state }) => state === 'failed'),
    ).toHaveLength(1);
  });
});

describe('a store that fails', () => {
  it('to note how far commands have come is told again: what is under way is not called off', async () => {
    let broken = true;
    const mark: CommandStore['mark'] = (marks) =>
      broken ? Promise.reject(new Error('away')) : store.commands.mark(marks);
    engine = startEngine(store, clock, {
      commands: withOperation('mark', mark),
      onError: () => {},
    });
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a', { expiresAt: clock.now() + 5_000 });
    await device.receipt('a');
    await clock.advance(100);
    expect((await store.commands.find('a'))?.state).toBe('queued');
    await expect(engine.cancel('a', 'kim')).rejects.toMatchObject({
      code: 'COMMAND_NOT_CANCELLABLE',
    });
    broken = false;
    // Its time is over, but it was begun in time.
    await clock.advance(6_000);
    expect(await stateOf('a')).toBe('received');
    await device.outcome('a', 'shown');
    expect(await stateOf('a')).toBe('shown');
  });

  it('and has accepted all the same: the command is found and sent', async () => {
    const { commands } = store;
    const accepting: CommandStore['accept'] = async (draft) => {
      await commands.accept(draft);
      throw new RemoteDisplayError('STORE_UNAVAILABLE');
    };
    engine = startEngine(store, clock, { commands: withOperation('accept', accepting) });
    const device = new TestDevice(engine);
    await device.connect();
    await expect(accept('a')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(device.got).toEqual([]);
    await clock.advance(1_000);
    expect(device.gotIds).toEqual(['a']);
  });

  it('leaves the outcome with the device, which says it again', async () => {
    let broken = true;
    const { commands } = store;
    const settle: CommandStore['settle'] = (id, settlement) =>
      broken ? Promise.reject(new Error('the disk is gone')) : commands.settle(id, settlement);
    const errors: unknown[] = [];
    engine = startEngine(store, clock, {
      commands: withOperation('settle', settle),
      onError: (error) => errors.push(error),
    });
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    expect(await device.outcome('a', 'shown')).toEqual([]);
    expect(errors).toHaveLength(1);
    broken = false;
    expect(await device.outcome('a', 'shown')).toEqual(['a']);
    expect(await stateOf('a')).toBe('shown');
  });
});

describe('a device that has restarted', () => {
  it('and no longer has what it confirmed gets it as the next attempt', async () => {
    const first = new TestDevice(engine);
    await first.connect();
    await accept('a');
    await first.receipt('a');
    engine.disconnect('station-1', first);
    const second = new TestDevice(engine);
    await second.connect();
    expect(second.got).toEqual([]);
    await clock.advance(1_000);
    expect(second.got).toMatchObject([{ id: 'a', attempt: 2 }]);
    expect((await engine.find('a'))?.history).toContainEqual(
      expect.objectContaining({ state: 'failed', code: 'DEVICE_RESTARTED' }),
    );
  });
});

describe('a clock that is set', () => {
  it('back by an hour delays neither the notice of silence nor a retry', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    clock.set(-3_600_000);
    await clock.advance(10_000);
    expect(await stateOf('a')).toBe('queued');
    clock.set(-3_600_000);
    await clock.advance(1_000);
    expect(device.got).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
  });

  it('forward by an hour ends what was to be shown by then', async () => {
    const waited = engine.wait(await accept('a'), 60_000);
    clock.set(3_600_000);
    await clock.advance(1_000);
    expect(await waited).toMatchObject({ state: 'expired' });
  });
});

describe('two nodes on one store', () => {
  let other: Engine;
  beforeEach(() => {
    store = sharedStore(memoryStore());
    engine = startEngine(store, clock);
    other = startEngine(store, clock);
  });

  it('accept on either, dispatch where the screen is, and tell whoever waits', async () => {
    const device = new TestDevice(other, 'station-1');
    await device.connect();
    const first = await accept('a');
    expect(device.gotIds).toEqual(['a']);
    const waited = engine.wait(first, 60_000);
    await device.outcome('a', 'shown');
    expect(await waited).toMatchObject({ state: 'shown' });
    const second = engine.wait(await accept('b'), 60_000);
    await accept('c');
    expect(await second).toMatchObject({ state: 'superseded' });
    expect(device.gotIds).toEqual(['a', 'b', 'c']);
  });

  it('give the screen to the newest connection, and only it decides', async () => {
    const older = new TestDevice(engine);
    await older.connect();
    await accept('a');
    const newer = new TestDevice(other, 'station-1');
    await newer.connect({ held: [{ id: 'a', attempt: 1 }], outcomes: [] });
    expect(older.replaced).toBe('by another');
    expect(newer.replaced).toBeUndefined();
    await clock.advance(20_000);
    expect(await stateOf('a')).toBe('received');
    await expect(older.outcome('a', 'failed')).rejects.toMatchObject({ code: 'SCREEN_TAKEN_OVER' });
    await newer.outcome('a', 'shown');
    expect(await stateOf('a')).toBe('shown');
  });

  it('tell a line that an older one of the same device has overtaken to come back', async () => {
    const newer = new TestDevice(engine, 'station-1', 'pc-7');
    await newer.connect();
    const ghost = new TestDevice(other, 'station-1', 'pc-7');
    await ghost.connect();
    expect(newer.replaced).toBe('by itself');
  });

  it('find by looking what no news told of', async () => {
    let deaf = false;
    store = sharedStore(memoryStore(), { deliver: (tell) => deaf || tell() });
    engine = startEngine(store, clock);
    other = startEngine(store, clock);
    const device = new TestDevice(other);
    await device.connect();
    deaf = true;
    await accept('a');
    expect(device.got).toEqual([]);
    await clock.advance(1_000);
    expect(device.gotIds).toEqual(['a']);
  });

  it('call off on one what waits for the other', async () => {
    const device = new TestDevice(other, 'station-1');
    await accept('a');
    await engine.cancel('a', 'kim');
    await device.connect();
    expect(device.got).toEqual([]);
  });
});
