import { RemoteDisplayError } from '@remote-display/protocol';
import { type Clock, within } from './clock.ts';
import type { InboxStorage } from './inbox-storage.ts';

const PATIENCE_MS = 5_000;

/**
 * A storage of which each call ends within 5 s: what takes longer has failed. It may still have its
 * effect later, so no other call for the same command begins before, lest the older record lie on
 * top of the newer.
 */
export function boundedStorage(storage: InboxStorage, clock: Clock): InboxStorage {
  const underWay = new Map<string, Promise<unknown>>();

  const late = () => {
    const detail = `the inbox storage has not answered for ${PATIENCE_MS} ms`;
    return new RemoteDisplayError('INTERNAL', { detail });
  };
  const bounded = <T>(work: Promise<T>) => within(clock, PATIENCE_MS, work, late);

  async function write(ids: readonly string[], begin: () => Promise<void>): Promise<void> {
    const former = ids.flatMap((id) => underWay.get(id) ?? []);
    // One that still waits here when its time is over is never begun.
    if (former.length > 0) await bounded(Promise.allSettled(former));
    const work = (async () => begin())();
    for (const id of ids) underWay.set(id, work);
    const done = () => {
      for (const id of ids) if (underWay.get(id) === work) underWay.delete(id);
    };
    work.then(done, done);
    await bounded(work);
  }

  return {
    load: () => bounded((async () => storage.load())()),
    save: (record) => write([record.envelope.id], () => storage.save(record)),
    remove: (ids) => write(ids, () => storage.remove(ids)),
  };
}
