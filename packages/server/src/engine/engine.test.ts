import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { draftOf } from '../testing/drafts.ts';
import { startEngine, TestDevice } from '../testing/engines.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { Engine } from './engine.ts';
import { DomainEmitter, type DomainEvents } from './events.ts';

let clock: VirtualClock;
let store: Store;
let engine: Engine;
let happened: string[];
let events: DomainEmitter;

beforeEach(() => {
  clock = new VirtualClock();
  store = memoryStore();
  happened = [];
  events = new DomainEmitter(() => {});
  const names = ['accepted', 'dispatched', 'received', 'retrying', 'settled', 'dead'] as const;
  for (const name of names) {
    events.on(`command.${name}` satisfies keyof DomainEvents, ({ command }) =>
      happened.push(`${command.id} ${name === 'settled' ? command.state : name}`),
    );
  }
  engine = startEngine(store, clock, { events });
});

const accept = async (id: string, given: Partial<Parameters<typeof draftOf>[0]> = {}) =>
  (await engine.accept(draftOf({ now: clock.now(), id, ...given }))).command;
const stateOf = async (id: string) => (await engine.find(id))?.state;

describe('the way of a command', () => {
  it('goes from accepted over dispatched and received to shown', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    expect(device.got).toMatchObject([{ id: 'a', attempt: 1, type: 'navigate' }]);
    expect(await stateOf('a')).toBe('dispatched');
    await device.receipt('a');
    expect(await stateOf('a')).toBe('received');
    expect(await device.outcome('a', 'shown')).toEqual(['a']);
    expect(await stateOf('a')).toBe('shown');
    expect(happened).toEqual(['a accepted', 'a dispatched', 'a received', 'a shown']);
  });

  it('waits in the store for a screen that is offline', async () => {
    await accept('a');
    await accept('b', { slot: 'other' });
    const device = new TestDevice(engine);
    await device.connect();
    expect(device.gotIds).toEqual(['a', 'b']);
  });

  it('tells whoever waits how it ended', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    const waited = engine.wait(await accept('a'), 5_000);
    await device.outcome('a', 'shown');
    expect(await waited).toMatchObject({ id: 'a', state: 'shown' });
    expect((await waited).history.map(({ state }) => state)).toEqual([
      'queued',
      'dispatched',
      'received',
      'shown',
    ]);
  });

  it('answers who waits in vain with the state as it is', async () => {
    const waited = engine.wait(await accept('a'), 5_000);
    await clock.advance(5_000);
    expect(await waited).toMatchObject({ state: 'queued' });
  });

  it('refuses more waiters than it can hold', async () => {
    const command = await accept('a');
    const waiters = Array.from({ length: 10 }, () => engine.wait(command, 1_000));
    await expect(engine.wait(command, 1_000)).rejects.toMatchObject({ code: 'OVERLOADED' });
    await clock.advance(1_000);
    await Promise.all(waiters);
  });
});

describe('a failed attempt', () => {
  it('is tried again after 1, 2 and 4 s, and then the command is dead', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    for (const [attempt, wait] of [
      [1, 1_000],
      [2, 2_000],
      [3, 4_000],
    ] as const) {
      await device.outcome('a', 'failed', attempt);
      await clock.advance(wait - 1);
      expect(device.got).toHaveLength(attempt);
      await clock.advance(1);
      expect(device.got.at(-1)).toMatchObject({ id: 'a', attempt: attempt + 1 });
    }
    await device.outcome('a', 'failed', 4);
    expect(await engine.find('a')).toMatchObject({
      state: 'dead',
      error: { code: 'DOCUMENT_UNREACHABLE' },
    });
    expect(happened.slice(-2)).toEqual(['a dead', 'a dead']);
  });

  it('ends the command at once where trying again cannot help', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    await device.outcome('a', 'failed', 1, 'DOCUMENT_NOT_FOUND');
    expect(await stateOf('a')).toBe('dead');
  });

  it('is noted when the device is silent, and the slot goes on afterwards', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    await clock.advance(10_000);
    expect((await engine.find('a'))?.history.at(-1)).toMatchObject({
      state: 'failed',
      code: 'RECEIPT_TIMEOUT',
    });
    await clock.advance(1_000);
    expect(device.got.at(-1)).toMatchObject({ id: 'a', attempt: 2 });
    await device.receipt('a', 2);
    await clock.advance(29_999);
    expect(await stateOf('a')).toBe('received');
    await clock.advance(1);
    expect((await engine.find('a'))?.history.at(-1)).toMatchObject({ code: 'OUTCOME_TIMEOUT' });
  });

  it('does not outlive the command: a retry that would come too late is none', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a', { expiresAt: clock.now() + 900 });
    await device.outcome('a', 'failed');
    expect(await stateOf('a')).toBe('dead');
  });

  it('survives a restart of the server, its wait included', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    await device.outcome('a', 'failed');
    await engine.stop();
    engine = startEngine(store, clock);
    const again = new TestDevice(engine);
    await again.connect();
    expect(again.got).toEqual([]);
    await clock.advance(1_000);
    expect(again.got).toMatchObject([{ id: 'a', attempt: 2 }]);
  });
});

describe('a newer command for the slot', () => {
  it('supersedes one that waits and one in flight, and is sent at once', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    const waited = engine.wait(await accept('a'), 60_000);
    await accept('b');
    expect(await waited).toMatchObject({ state: 'superseded' });
    expect(device.gotIds).toEqual(['a', 'b']);
    // The device may have shown it before it heard of the newer one; its end stands.
    expect(await device.outcome('a', 'shown')).toEqual(['a']);
    expect(await stateOf('a')).toBe('superseded');
  });

  it('is never told about before the store has decided between the two', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    const first = await accept('a');
    const waited = engine.wait(first, 60_000);
    const superseding = accept('b');
    const reported = device.outcome('a', 'shown');
    await Promise.all([superseding, reported]);
    expect((await waited).state).toBe(await stateOf('a'));
  });
});

describe('time to live', () => {
  it('ends a command that waited too long, offline and online', async () => {
    const waited = engine.wait(await accept('a', { expiresAt: clock.now() + 5_000 }), 60_000);
    await clock.advance(6_000);
    expect(await waited).toMatchObject({ state: 'expired', error: { code: 'COMMAND_EXPIRED' } });
    const device = new TestDevice(engine);
    await device.connect();
    expect(device.got).toEqual([]);
  });

  it('lets one that is in flight finish', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a', { expiresAt: clock.now() + 5_000 });
    await device.receipt('a');
    await clock.advance(6_000);
    await device.outcome('a', 'shown');
    expect(await stateOf('a')).toBe('shown');
  });

  it('is by the server’s clock, whatever the device thinks that it is', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a', { expiresAt: clock.now() + 5_000 });
    await device.outcome('a', 'failed', 1, 'COMMAND_EXPIRED');
    expect(await stateOf('a')).toBe('queued');
    await clock.advance(1_000);
    expect(device.got).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
    clock.set(4_000);
    await device.outcome('a', 'failed', 2, 'COMMAND_EXPIRED');
    expect(await stateOf('a')).toBe('expired');
  });
});

describe('cancel', () => {
  it('calls off what waits, twice with one answer', async () => {
    await accept('a');
    expect(await engine.cancel('a', 'kim')).toMatchObject({ state: 'cancelled' });
    expect(await engine.cancel('a', 'lee')).toMatchObject({ state: 'cancelled' });
    expect((await engine.find('a'))?.history.at(-1)).toMatchObject({ by: 'kim' });
  });

  it('is not overtaken by a retry that falls due meanwhile', async () => {
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const { settle } = store.commands;
    store.commands.settle = async (id, settlement) => {
      if (settlement.state === 'cancelled') {
        reached.resolve();
        await go.promise;
      }
      return settle.call(store.commands, id, settlement);
    };
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    await device.outcome('a', 'failed');
    const cancelling = engine.cancel('a', 'kim');
    await reached.promise;
    await clock.advance(2_000);
    go.resolve();
    expect(await cancelling).toMatchObject({ state: 'cancelled' });
    expect(device.got).toHaveLength(1);
  });

  it('refuses what is under way, ended or unknown', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    await expect(engine.cancel('a', 'kim')).rejects.toMatchObject({
      code: 'COMMAND_NOT_CANCELLABLE',
    });
    await device.outcome('a', 'shown');
    await expect(engine.cancel('a', 'kim')).rejects.toMatchObject({
      code: 'COMMAND_NOT_CANCELLABLE',
    });
    await expect(engine.cancel('b', 'kim')).rejects.toMatchObject({ code: 'COMMAND_NOT_FOUND' });
  });
});

describe('connections', () => {
  it('send again, as the same attempt, what the device does not have', async () => {
    const first = new TestDevice(engine);
    await first.connect();
    await accept('a');
    engine.disconnect('station-1', first);
    const second = new TestDevice(engine);
    await second.connect();
    expect(second.got).toMatchObject([{ id: 'a', attempt: 1 }]);
  });

  it('go on from what the device has', async () => {
    const first = new TestDevice(engine);
    await first.connect();
    await accept('a', { slot: 'one' });
    await accept('b', { slot: 'two' });
    await accept('c', { slot: 'three' });
    engine.disconnect('station-1', first);
    const second = new TestDevice(engine);
    const settled = await second.connect({
      held: [
        { id: 'b', attempt: 1 },
        { id: 'unknown', attempt: 1 },
      ],
      outcomes: [{ id: 'a', attempt: 1, state: 'shown' }],
    });
    expect(settled).toEqual(['a', 'unknown']);
    expect(await stateOf('a')).toBe('shown');
    expect(await stateOf('b')).toBe('received');
    expect(second.gotIds).toEqual(['c']);
  });

  it('are one per screen: the older is heard no more', async () => {
    const older = new TestDevice(engine);
    await older.connect();
    const newer = new TestDevice(engine);
    await newer.connect();
    await accept('a');
    expect(older.got).toEqual([]);
    expect(newer.gotIds).toEqual(['a']);
    await expect(older.outcome('a', 'shown')).rejects.toMatchObject({ code: 'SCREEN_TAKEN_OVER' });
    engine.disconnect('station-1', older);
    await newer.outcome('a', 'shown');
    expect(await stateOf('a')).toBe('shown');
  });

  it('speak for their own screen alone', async () => {
    const device = new TestDevice(engine, 'station-2');
    await device.connect();
    await accept('a');
    expect(await device.outcome('a', 'shown')).toEqual(['a']);
    await device.outcome('a', 'failed', 1, 'DOCUMENT_NOT_FOUND');
    expect(await stateOf('a')).toBe('queued');
  });
});

describe('drain', () => {
  it('accepts nothing new and waits for what is in flight', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    await accept('a');
    let drained = false;
    const draining = engine.drain(5_000).then(() => {
      drained = true;
    });
    await expect(accept('b')).rejects.toMatchObject({ code: 'SERVER_DRAINING' });
    await clock.advance(100);
    expect(drained).toBe(false);
    await device.outcome('a', 'shown');
    await clock.advance(100);
    await draining;
    expect(await stateOf('a')).toBe('shown');
  });

  it('lets nobody wait for longer than it does itself', async () => {
    const waited = engine.wait(await accept('a'), 60_000);
    await engine.drain(5_000);
    expect(await waited).toMatchObject({ state: 'queued' });
  });
});

describe('a queue of all', () => {
  it('shows one after the other, through retries', async () => {
    const device = new TestDevice(engine);
    await device.connect();
    for (const id of ['a', 'b', 'c']) await accept(id, { queue: 'all' });
    expect(device.gotIds).toEqual(['a']);
    await device.outcome('a', 'failed');
    expect(device.gotIds).toEqual(['a']);
    await clock.advance(1_000);
    await device.outcome('a', 'shown', 2);
    await device.outcome('b', 'shown');
    await device.outcome('c', 'shown');
    expect(device.gotIds).toEqual(['a', 'a', 'b', 'c']);
  });

  it('has a bound, and says so', async () => {
    await accept('a', { queue: 'all', maxUnsettled: 1 });
    await expect(accept('b', { queue: 'all', maxUnsettled: 1 })).rejects.toMatchObject({
      code: 'QUEUE_FULL',
    });
  });
});
