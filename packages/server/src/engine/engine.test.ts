import {
  type CommandEnvelope,
  type Outcome,
  RemoteDisplayError,
  type SettledState,
} from '@remote-display/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory-store.ts';
import type { CommandStore, Store } from '../store/store.ts';
import { draftOf } from '../testing/drafts.ts';
import { sharedStore } from '../testing/shared-store.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { DeviceLink } from './device-link.ts';
import { Engine } from './engine.ts';
import { DomainEmitter, type DomainEvents } from './events.ts';
import { exponentialBackoff } from './retry-policy.ts';

const NOTHING = { held: [], outcomes: [] };

let clock: VirtualClock;
let store: Store;
let engine: Engine;
let happened: string[];
let events: DomainEmitter;

beforeEach(() => {
  clock = new VirtualClock();
  store = memoryStore();
  happened = [];
  engine = makeEngine();
});

let nodes = 0;
let devices = 0;

function makeEngine(commands = store.commands, onError = rethrow): Engine {
  events = new DomainEmitter(() => {});
  const names = ['accepted', 'dispatched', 'received', 'retrying', 'settled', 'dead'] as const;
  for (const name of names) {
    events.on(`command.${name}` satisfies keyof DomainEvents, ({ command }) =>
      happened.push(`${command.id} ${name === 'settled' ? command.state : name}`),
    );
  }
  const made = new Engine({
    commands,
    deadLetters: store.deadLetters,
    news: store.news,
    nodeId: `node-${++nodes}`,
    clock,
    events,
    retryPolicy: exponentialBackoff(() => 0.5),
    receiptTimeoutMs: 10_000,
    outcomeTimeoutMs: 30_000,
    window: 16,
    outboxLimit: 100,
    waiterLimit: 10,
    retentionMs: 3_600_000,
    maxSettled: 1_000,
    idempotencyMs: 3_600_000,
    deadLetterRetentionMs: 3_600_000,
    maxDeadLetters: 1_000,
    onError,
  });
  made.start();
  return made;
}

function rethrow(error: unknown): void {
  throw error;
}

/** A device's end of the wire, as a test plays it. */
class Device implements DeviceLink {
  readonly got: CommandEnvelope[] = [];
  replaced: 'by itself' | 'by another' | undefined;
  readonly instance: string;
  readonly #screenId: string;
  readonly #engine: Engine;

  constructor(screenId = 'station-1', node = engine, instance = `device-${++devices}`) {
    this.instance = instance;
    this.#screenId = screenId;
    this.#engine = node;
  }

  takenOver(bySameDevice: boolean): void {
    this.replaced = bySameDevice ? 'by itself' : 'by another';
  }

  send(envelopes: CommandEnvelope[]): void {
    this.got.push(...envelopes);
  }

  async connect(memory: Parameters<Engine['connect']>[2] = NOTHING): Promise<string[]> {
    const { settled, start } = await this.#engine.connect(this.#screenId, this, memory);
    start();
    return settled;
  }

  receipt(id: string, attempt = 1) {
    return this.#engine.report(this.#screenId, this, { receipts: [{ id, attempt }], outcomes: [] });
  }

  outcome(id: string, state: Outcome['state'], attempt = 1, code = 'DOCUMENT_UNREACHABLE') {
    const outcome: Outcome = {
      id,
      attempt,
      state,
      ...(state === 'failed' ? { error: { code } } : {}),
    };
    return this.#engine.report(this.#screenId, this, { receipts: [], outcomes: [outcome] });
  }
}

const accept = async (id: string, given: Partial<Parameters<typeof draftOf>[0]> = {}) =>
  (await engine.accept(draftOf({ now: clock.now(), id, ...given }))).command;
const stateOf = async (id: string) => (await engine.find(id))?.state;
const ids = (envelopes: CommandEnvelope[]) => envelopes.map(({ id }) => id);

describe('the way of a command', () => {
  it('goes from accepted over dispatched and received to shown', async () => {
    const device = new Device();
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
    const device = new Device();
    await device.connect();
    expect(ids(device.got)).toEqual(['a', 'b']);
  });

  it('tells whoever waits how it ended', async () => {
    const device = new Device();
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
    const device = new Device();
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
    const device = new Device();
    await device.connect();
    await accept('a');
    await device.outcome('a', 'failed', 1, 'DOCUMENT_NOT_FOUND');
    expect(await stateOf('a')).toBe('dead');
  });

  it('is noted when the device is silent, and the slot goes on afterwards', async () => {
    const device = new Device();
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
    const device = new Device();
    await device.connect();
    await accept('a', { expiresAt: clock.now() + 900 });
    await device.outcome('a', 'failed');
    expect(await stateOf('a')).toBe('dead');
  });

  it('survives a restart of the server, its wait included', async () => {
    const device = new Device();
    await device.connect();
    await accept('a');
    await device.outcome('a', 'failed');
    await engine.stop();
    engine = makeEngine();
    const again = new Device();
    await again.connect();
    expect(again.got).toEqual([]);
    await clock.advance(1_000);
    expect(again.got).toMatchObject([{ id: 'a', attempt: 2 }]);
  });
});

describe('a newer command for the slot', () => {
  it('supersedes one that waits and one in flight, and is sent at once', async () => {
    const device = new Device();
    await device.connect();
    const waited = engine.wait(await accept('a'), 60_000);
    await accept('b');
    expect(await waited).toMatchObject({ state: 'superseded' });
    expect(ids(device.got)).toEqual(['a', 'b']);
    // The device may have shown it before it heard of the newer one; its end stands.
    expect(await device.outcome('a', 'shown')).toEqual(['a']);
    expect(await stateOf('a')).toBe('superseded');
  });

  it('is never told about before the store has decided between the two', async () => {
    const device = new Device();
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
    const device = new Device();
    await device.connect();
    expect(device.got).toEqual([]);
  });

  it('lets one that is in flight finish', async () => {
    const device = new Device();
    await device.connect();
    await accept('a', { expiresAt: clock.now() + 5_000 });
    await device.receipt('a');
    await clock.advance(6_000);
    await device.outcome('a', 'shown');
    expect(await stateOf('a')).toBe('shown');
  });

  it('is by the server’s clock, whatever the device thinks that it is', async () => {
    const device = new Device();
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

  it('refuses what is under way, ended or unknown', async () => {
    const device = new Device();
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
    const first = new Device();
    await first.connect();
    await accept('a');
    engine.disconnect('station-1', first);
    const second = new Device();
    await second.connect();
    expect(second.got).toMatchObject([{ id: 'a', attempt: 1 }]);
  });

  it('go on from what the device has', async () => {
    const first = new Device();
    await first.connect();
    await accept('a', { slot: 'one' });
    await accept('b', { slot: 'two' });
    await accept('c', { slot: 'three' });
    engine.disconnect('station-1', first);
    const second = new Device();
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
    expect(ids(second.got)).toEqual(['c']);
  });

  it('are one per screen: the older is heard no more', async () => {
    const older = new Device();
    await older.connect();
    const newer = new Device();
    await newer.connect();
    await accept('a');
    expect(older.got).toEqual([]);
    expect(ids(newer.got)).toEqual(['a']);
    await expect(older.outcome('a', 'shown')).rejects.toMatchObject({ code: 'SCREEN_TAKEN_OVER' });
    engine.disconnect('station-1', older);
    await newer.outcome('a', 'shown');
    expect(await stateOf('a')).toBe('shown');
  });

  it('speak for their own screen alone', async () => {
    const device = new Device('station-2');
    await device.connect();
    await accept('a');
    expect(await device.outcome('a', 'shown')).toEqual(['a']);
    await device.outcome('a', 'failed', 1, 'DOCUMENT_NOT_FOUND');
    expect(await stateOf('a')).toBe('queued');
  });
});

describe('a repeated or late message', () => {
  it.each<[string, SettledState]>([
    ['shown', 'shown'],
    ['failed', 'shown'],
  ])('%s after shown changes nothing', async (state) => {
    const device = new Device();
    await device.connect();
    await accept('a');
    await device.outcome('a', 'shown');
    const before = await engine.find('a');
    expect(await device.outcome('a', state as Outcome['state'])).toEqual(['a']);
    await device.receipt('a');
    expect(await engine.find('a')).toEqual(before);
  });

  it('of an attempt that failed is noted once', async () => {
    const device = new Device();
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
  it('and has accepted all the same: the command is found and sent', async () => {
    const { commands } = store;
    const accepting: CommandStore['accept'] = async (draft) => {
      await commands.accept(draft);
      throw new RemoteDisplayError('STORE_UNAVAILABLE');
    };
    const lossy = new Proxy(commands, {
      get: (target, name: keyof CommandStore) =>
        name === 'accept' ? accepting : target[name].bind(target),
    });
    engine = makeEngine(lossy);
    const device = new Device();
    await device.connect();
    await expect(accept('a')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(device.got).toEqual([]);
    await clock.advance(1_000);
    expect(ids(device.got)).toEqual(['a']);
  });

  it('leaves the outcome with the device, which says it again', async () => {
    let broken = true;
    const { commands } = store;
    const settle: CommandStore['settle'] = (id, settlement) =>
      broken ? Promise.reject(new Error('the disk is gone')) : commands.settle(id, settlement);
    const failing = new Proxy(commands, {
      get: (target, name: keyof CommandStore) =>
        name === 'settle' ? settle : target[name].bind(target),
    });
    const errors: unknown[] = [];
    engine = makeEngine(failing, (error) => errors.push(error));
    const device = new Device();
    await device.connect();
    await accept('a');
    expect(await device.outcome('a', 'shown')).toEqual([]);
    expect(errors).toHaveLength(1);
    broken = false;
    expect(await device.outcome('a', 'shown')).toEqual(['a']);
    expect(await stateOf('a')).toBe('shown');
  });
});

describe('drain', () => {
  it('accepts nothing new and waits for what is in flight', async () => {
    const device = new Device();
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
});

describe('a queue of all', () => {
  it('shows one after the other, through retries', async () => {
    const device = new Device();
    await device.connect();
    for (const id of ['a', 'b', 'c']) await accept(id, { queue: 'all' });
    expect(ids(device.got)).toEqual(['a']);
    await device.outcome('a', 'failed');
    expect(ids(device.got)).toEqual(['a']);
    await clock.advance(1_000);
    await device.outcome('a', 'shown', 2);
    await device.outcome('b', 'shown');
    await device.outcome('c', 'shown');
    expect(ids(device.got)).toEqual(['a', 'a', 'b', 'c']);
  });

  it('has a bound, and says so', async () => {
    await accept('a', { queue: 'all', maxUnsettled: 1 });
    await expect(accept('b', { queue: 'all', maxUnsettled: 1 })).rejects.toMatchObject({
      code: 'QUEUE_FULL',
    });
  });
});

describe('a device that has restarted', () => {
  it('and no longer has what it confirmed gets it as the next attempt', async () => {
    const first = new Device();
    await first.connect();
    await accept('a');
    await first.receipt('a');
    engine.disconnect('station-1', first);
    const second = new Device();
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
    const device = new Device();
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
    engine = makeEngine();
    other = makeEngine();
  });

  it('accept on either, dispatch where the screen is, and tell whoever waits', async () => {
    const device = new Device('station-1', other);
    await device.connect();
    const first = await accept('a');
    expect(ids(device.got)).toEqual(['a']);
    const waited = engine.wait(first, 60_000);
    await device.outcome('a', 'shown');
    expect(await waited).toMatchObject({ state: 'shown' });
    const second = engine.wait(await accept('b'), 60_000);
    await accept('c');
    expect(await second).toMatchObject({ state: 'superseded' });
    expect(ids(device.got)).toEqual(['a', 'b', 'c']);
  });

  it('give the screen to the newest connection, and only it decides', async () => {
    const older = new Device();
    await older.connect();
    await accept('a');
    const newer = new Device('station-1', other);
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
    const newer = new Device('station-1', engine, 'pc-7');
    await newer.connect();
    const ghost = new Device('station-1', other, 'pc-7');
    await ghost.connect();
    expect(newer.replaced).toBe('by itself');
  });

  it('call off on one what waits for the other', async () => {
    const device = new Device('station-1', other);
    await accept('a');
    await engine.cancel('a', 'kim');
    await device.connect();
    expect(device.got).toEqual([]);
  });
});
