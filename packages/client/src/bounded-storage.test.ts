import type { CommandEnvelope } from '@remote-display/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { boundedStorage } from './bounded-storage.ts';
import { type InboxRecord, type InboxStorage, memoryInboxStorage } from './inbox-storage.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

let clock: VirtualClock;
let memory: InboxStorage;
/** Calls that hang until they are let go. */
let hanging: (() => void)[];
let hang: boolean;
let storage: InboxStorage;

beforeEach(() => {
  clock = new VirtualClock();
  memory = memoryInboxStorage();
  [hanging, hang] = [[], false];
  const through = async <T>(work: () => Promise<T>): Promise<T> => {
    if (hang) await new Promise<void>((resolve) => hanging.push(resolve));
    return work();
  };
  storage = boundedStorage(
    {
      load: () => through(() => memory.load()),
      save: (record) => through(() => memory.save(record)),
      remove: (ids) => through(() => memory.remove(ids)),
    },
    clock,
  );
});

const record = (id: string, begun: number): InboxRecord => ({
  envelope: { id } as CommandEnvelope,
  begun,
});
const begun = async () =>
  Object.fromEntries((await memory.load()).map((r) => [r.envelope.id, r.begun]));

/** How a call ends, once there is nothing to wait for but time. */
async function ending(work: Promise<unknown>, waitMs = 0): Promise<string> {
  let end = 'waits';
  work.then(
    () => {
      end = 'done';
    },
    (error: unknown) => {
      end = String(error);
    },
  );
  await clock.advance(waitMs);
  return end;
}

describe('a storage', () => {
  it('that answers is as it is', async () => {
    await storage.save(record('a', 1));
    await storage.save(record('a', 2));
    await storage.save(record('b', 1));
    await storage.remove(['b']);
    expect(await storage.load()).toEqual([record('a', 2)]);
    memory.save = () => {
      throw new Error('full');
    };
    await expect(storage.save(record('a', 3))).rejects.toThrow('full');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['load', () => storage.load()],
    ['save', () => storage.save(record('a', 1))],
    ['remove', () => storage.remove(['a'])],
  ])('that hangs at %s has failed after five seconds', async (_, call) => {
    hang = true;
    const called = call();
    expect(await ending(called, 4_999)).toBe('waits');
    expect(await ending(called, 1)).toContain('has not answered for 5000 ms');
  });

  it('that is late never puts an older record on top of a newer one', async () => {
    hang = true;
    expect(await ending(storage.save(record('a', 1)), 5_000)).toContain('not answered');
    hang = false;
    // Not begun as long as the former one may still have its effect; others need not wait.
    const second = storage.save(record('a', 2));
    expect(await ending(second)).toBe('waits');
    expect(await ending(storage.save(record('b', 1)))).toBe('done');
    hanging.shift()?.();
    expect(await ending(second)).toBe('done');
    expect(await begun()).toEqual({ a: 2, b: 1 });
  });

  it('that is late does nothing that was given up while it waited for its turn', async () => {
    hang = true;
    await ending(storage.save(record('a', 1)), 5_000);
    expect(await ending(storage.remove(['a']), 5_000)).toContain('not answered');
    hang = false;
    hanging.shift()?.();
    await clock.advance(0);
    expect(await begun()).toEqual({ a: 1 });
  });
});
