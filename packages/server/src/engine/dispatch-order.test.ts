import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory-store.ts';
import type { CommandStore, News, ScreenNews } from '../store/store.ts';
import { draftOf } from '../testing/drafts.ts';
import { startEngine, TestDevice } from '../testing/engines.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { Engine } from './engine.ts';

// What another node has accepted and this one has not heard of. A device that is sent something
// newer first refuses the older one, and it is dead.
let clock: VirtualClock;
let commands: CommandStore;
let engine: Engine;
let device: TestDevice;
let tell: (news: ScreenNews) => void;
let gap: () => void;

beforeEach(async () => {
  clock = new VirtualClock();
  const store = memoryStore();
  commands = store.commands;
  const listeners = new Set<(news: ScreenNews) => void>();
  const gaps = new Set<() => void>();
  const news: News = {
    async subscribe(_, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onGap(listener) {
      gaps.add(listener);
      return () => gaps.delete(listener);
    },
  };
  tell = (each) => {
    for (const listener of listeners) listener(each);
  };
  gap = () => {
    for (const listener of gaps) listener();
  };
  engine = startEngine(store, clock, { news, retryPolicy: () => 1_000, onError: () => {} });
  device = new TestDevice(engine);
  await device.connect();
});

const draft = (id: string) => draftOf({ now: clock.now(), id, queue: 'all' });

async function acceptElsewhere(id: string) {
  const acceptance = await commands.accept(draft(id));
  if (acceptance.kind !== 'accepted') throw new Error(acceptance.kind);
  return acceptance.command;
}

describe('what another node accepted, unheard here, goes first', () => {
  it('when something newer is accepted here', async () => {
    await acceptElsewhere('older');
    await engine.accept(draft('newer'));
    await clock.advance(0);
    expect(device.gotIds).toEqual([]);
    // Its own news do not come either: the store is asked, and has both in their order.
    await clock.advance(100);
    expect(device.gotIds).toEqual(['older']);
    await engine.stop();
  });

  it('when there was a gap, and something newer is heard before the store was read', async () => {
    await acceptElsewhere('older');
    const command = await acceptElsewhere('newer');
    gap();
    tell({ kind: 'accepted', command, superseded: [] });
    await clock.advance(0);
    expect(device.gotIds).toEqual(['older']);
    await engine.stop();
  });

  it('when an accept here may have gone through or not', async () => {
    const { accept } = commands;
    commands.accept = async (lost) => {
      await accept.call(commands, lost);
      throw new Error('no answer');
    };
    await expect(engine.accept(draft('older'))).rejects.toThrow('no answer');
    commands.accept = accept;
    const { command } = await engine.accept(draft('newer'));
    tell({ kind: 'accepted', command, superseded: [] });
    await clock.advance(0);
    expect(device.gotIds).toEqual(['older']);
    await engine.stop();
  });
});

it('what is heard before its accept is answered is sent without a look at the store', async () => {
  let reads = 0;
  const { outbox, accept } = commands;
  commands.outbox = (...args) => {
    reads++;
    return outbox.apply(commands, args);
  };
  commands.accept = async (given) => {
    const acceptance = await accept.call(commands, given);
    if (acceptance.kind === 'accepted')
      tell({ kind: 'accepted', command: acceptance.command, superseded: [] });
    return acceptance;
  };
  await engine.accept(draft('one'));
  await clock.advance(0);
  expect(device.gotIds).toEqual(['one']);
  expect(reads).toBe(0);
  await engine.stop();
});
