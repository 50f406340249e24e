import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory-store.ts';
import type { CommandStore, News, ScreenNews } from '../store/store.ts';
import { draftOf } from '../testing/drafts.ts';
import { startEngine } from '../testing/engines.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { DeviceLink } from './device-link.ts';
import type { Engine } from './engine.ts';

const SCREEN = 'station-1';
const NOTHING = { held: [], outcomes: [] };

let clock: VirtualClock;
let commands: CommandStore;
let failing: boolean;
/** News as a test tells them. */
let wire: { news: News; tell: (news: ScreenNews) => void; gap: () => void; open: () => void };

beforeEach(() => {
  clock = new VirtualClock();
  failing = false;
  ({ commands } = memoryStore());
  const listeners = new Set<(news: ScreenNews) => void>();
  const gaps = new Set<() => void>();
  const waiting: (() => void)[] = [];
  wire = {
    news: {
      subscribe: async (_, listener) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      onGap: (listener) => {
        gaps.add(listener);
        return () => gaps.delete(listener);
      },
    },
    tell: (news) => {
      for (const listener of listeners) listener(news);
    },
    gap: () => {
      for (const listener of gaps) listener();
    },
    open: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
});

function makeEngine(news?: News): Engine {
  const unsteady = new Proxy(commands, {
    get(target, name: keyof CommandStore) {
      if (failing) return () => Promise.reject(new Error('away'));
      return target[name].bind(target);
    },
  });
  return startEngine(memoryStore(), clock, {
    commands: unsteady,
    news,
    nodeId: 'node-1',
    retryPolicy: () => 1_000,
    onError: () => {},
  });
}

function makeLink(): DeviceLink & { takenOverCount: number } {
  return {
    instance: 'device-1',
    takenOverCount: 0,
    send() {},
    takenOver() {
      this.takenOverCount++;
    },
  };
}

describe('an end that was told before the store had it', () => {
  it('is in the store before anything else may end the command', async () => {
    const engine = makeEngine();
    const link = makeLink();
    (await engine.connect(SCREEN, link, NOTHING)).start();
    const { command } = await engine.accept(draftOf({ now: clock.now(), id: 'one' }));
    const told = engine.wait(command, 5_000);
    await clock.advance(0);
    failing = true;
    const outcomes = [{ id: 'one', attempt: 1, state: 'shown' as const }];
    expect(await engine.report(SCREEN, link, { receipts: [], outcomes })).toEqual([]);
    expect(await told).toMatchObject({ state: 'shown' });
    await expect(engine.accept(draftOf({ now: clock.now(), id: 'two' }))).rejects.toThrow('away');
    failing = false;
    await engine.accept(draftOf({ now: clock.now(), id: 'three' }));
    expect(await commands.find('one')).toMatchObject({ state: 'shown' });
    await engine.stop();
  });

  it('is told only later where an accept may have gone through unheard', async () => {
    const engine = makeEngine();
    const link = makeLink();
    (await engine.connect(SCREEN, link, NOTHING)).start();
    const { command } = await engine.accept(draftOf({ now: clock.now(), id: 'one' }));
    const told = engine.wait(command, 5_000);
    await clock.advance(0);
    await commands.accept(draftOf({ now: clock.now(), id: 'two' }));
    failing = true;
    await expect(engine.accept(draftOf({ now: clock.now(), id: 'two' }))).rejects.toThrow('away');
    failing = false;
    const outcomes = [{ id: 'one', attempt: 1, state: 'shown' as const }];
    await engine.report(SCREEN, link, { receipts: [], outcomes });
    expect(await told).toMatchObject({ state: 'superseded' });
    await engine.stop();
  });
});

describe('an end that is being decided', () => {
  it('is not told as another one', async () => {
    const engine = makeEngine();
    const link = makeLink();
    (await engine.connect(SCREEN, link, NOTHING)).start();
    // No time is left for another attempt.
    const expiresAt = clock.now() + 500;
    const draft = draftOf({ now: clock.now(), id: 'one', expiresAt });
    const { command } = await engine.accept(draft);
    const told = engine.wait(command, 60_000);
    await clock.advance(0);
    const { settle } = commands;
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    commands.settle = async (id, settlement) => {
      const result = await settle.call(commands, id, settlement);
      if (settlement.state === 'dead') {
        reached.resolve();
        await go.promise;
      }
      return result;
    };
    const error = { code: 'DOCUMENT_NOT_FOUND' };
    const failed = { id: 'one', attempt: 1, state: 'failed' as const, error };
    const dying = engine.report(SCREEN, link, { receipts: [], outcomes: [failed] });
    await reached.promise;
    const shown = { id: 'one', attempt: 1, state: 'shown' as const };
    const late = engine.report(SCREEN, link, { receipts: [], outcomes: [shown] });
    go.resolve();
    await Promise.all([dying, late]);
    expect((await told).state).toBe((await commands.find('one'))?.state);
    await engine.stop();
  });
});

describe('a connection', () => {
  it('that was replaced while it began to listen does not take the screen from its successor', async () => {
    const engine = makeEngine(wire.news);
    const holders: string[] = [];
    const { hold } = commands;
    commands.hold = (screenId, holder, limit) => {
      holders.push(holder);
      return hold.call(commands, screenId, holder, limit);
    };
    const older = engine.connect(SCREEN, makeLink(), NOTHING);
    const newer = engine.connect(SCREEN, makeLink(), NOTHING);
    wire.open();
    await expect(older).rejects.toThrow();
    await newer;
    expect(holders).toEqual(['node-1.2~device-1']);
    await engine.stop();
  });

  it('makes way for a newer one, although word of itself fell into a gap', async () => {
    const engine = makeEngine(wire.news);
    const link = makeLink();
    const connected = engine.connect(SCREEN, link, NOTHING);
    wire.open();
    await connected;
    // Before its own word has come, this may be about one before it.
    wire.tell({ kind: 'held', holder: 'node-2.1' });
    expect(link.takenOverCount).toBe(0);
    wire.gap();
    await clock.advance(0);
    expect(link.takenOverCount).toBe(0);
    wire.tell({ kind: 'held', holder: 'node-2.2' });
    expect(link.takenOverCount).toBe(1);
    await engine.stop();
  });

  it('makes way for a newer one of which it missed all news', async () => {
    const engine = makeEngine(wire.news);
    const link = makeLink();
    const connected = engine.connect(SCREEN, link, NOTHING);
    wire.open();
    await connected;
    await commands.hold(SCREEN, 'node-2.1~device-2', 10);
    wire.gap();
    await clock.advance(0);
    expect(link.takenOverCount).toBe(1);
    await engine.stop();
  });
});
