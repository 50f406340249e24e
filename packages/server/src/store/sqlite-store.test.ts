import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draftOf } from '../testing/drafts.ts';
import { describeStore } from '../testing/store-conformance.ts';
import { sqliteStore } from './sqlite-store.ts';

const NOW = 1_800_000_000_000;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remote-display-'));
  path = join(folder, 'test.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

describeStore('sqliteStore', () => sqliteStore({ path }));

describe('sqliteStore', () => {
  it('has after reopening what it had before', async () => {
    const first = sqliteStore({ path });
    await first.open();
    const accepted = await first.commands.accept(draftOf({ now: NOW, id: 'kept' }));
    await first.close();
    const second = sqliteStore({ path });
    await second.open();
    expect(await second.commands.outbox('station-1', 10)).toEqual([
      'command' in accepted && accepted.command,
    ]);
    await second.close();
  });

  it('refuses a second server on the same file, until the first lets go', async () => {
    const first = sqliteStore({ path });
    await first.open();
    const second = sqliteStore({ path });
    await expect(second.open()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await first.close();
    await second.open();
    await second.close();
  });

  it('refuses a file that a newer version wrote, and leaves it as it is', async () => {
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 999');
    newer.close();
    await expect(sqliteStore({ path }).open()).rejects.toMatchObject({ code: 'STORE_TOO_NEW' });
    const untouched = new DatabaseSync(path);
    expect(untouched.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()).toEqual({
      tables: 0,
    });
    untouched.close();
  });

  it('says clearly that a file is no database, or cannot be made', async () => {
    writeFileSync(path, 'this was never a database, but it is long enough to look at'.repeat(100));
    await expect(sqliteStore({ path }).open()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    const nowhere = sqliteStore({ path: join(folder, 'missing', 'test.db') });
    await expect(nowhere.open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('lets one bad operation of a batch fail alone', async () => {
    const store = sqliteStore({ path });
    await store.open();
    const bad = draftOf({ now: NOW, id: 'bad', slot: 'bad' });
    const results = await Promise.allSettled([
      store.commands.accept(draftOf({ now: NOW, id: 'good-1', slot: 'one' })),
      store.commands.accept({ ...bad, screenId: null as unknown as string }),
      store.commands.accept(draftOf({ now: NOW, id: 'good-2', slot: 'two' })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await store.commands.outbox('station-1', 10)).map(({ id }) => id)).toEqual([
      'good-1',
      'good-2',
    ]);
    await store.close();
  });

  it('takes what nobody waits for without anything else coming along', async () => {
    const store = sqliteStore({ path });
    await store.open();
    await store.commands.accept(draftOf({ now: NOW, id: 'a', slot: 'one' }));
    // The second comes while the first is with the disk, the third after that.
    const shown = { state: 'shown', at: NOW, attempt: 1 } as const;
    const first = store.commands.settle('a', shown);
    const accepted = store.commands.accept(draftOf({ now: NOW, id: 'b', slot: 'two' }));
    const marked = store.commands.mark([{ id: 'b', state: 'dispatched', attempt: 1, at: NOW }]);
    expect(await first).toMatchObject({ moved: true });
    const second = store.commands.settle('b', shown);
    await Promise.all([accepted, marked]);
    expect(await second).toMatchObject({ moved: true, command: { state: 'shown' } });
    await store.close();
  });

  it('finishes what was called before close, and refuses what comes after', async () => {
    const store = sqliteStore({ path });
    await store.open();
    const accepted = store.commands.accept(draftOf({ now: NOW, id: 'last' }));
    const closed = store.close();
    await expect(store.commands.find('last')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(accepted).resolves.toMatchObject({ kind: 'accepted' });
    await closed;
  });

  it('refuses more than may wait for the disk', async () => {
    const store = sqliteStore({ path, maxPending: 2 });
    await store.open();
    const calls = [1, 2, 3].map((n) => store.commands.find(`c${n}`));
    const statuses = (await Promise.allSettled(calls)).map(({ status }) => status);
    expect(statuses).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await store.close();
  });

  it('refuses options that make no sense, by name', () => {
    for (const [options, name] of [
      [{ path: '' }, 'path'],
      [{ maxPending: 0 }, 'maxPending'],
      [{ synchronous: 'OFF' as 'FULL' }, 'synchronous'],
      [{ file: 'x.db' } as object, 'file'],
    ] as const)
      expect(() => sqliteStore(options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTIONS', detail: expect.stringContaining(name) }),
      );
  });

  it('keeps what it has without a sync for each, where that is asked for', async () => {
    const store = sqliteStore({ path, synchronous: 'NORMAL' });
    await store.open();
    await store.commands.accept(draftOf({ now: NOW, id: 'kept' }));
    await store.close();
    await store.open();
    expect(await store.commands.find('kept')).toMatchObject({ id: 'kept' });
    await store.close();
  });

  it('counts what it has when it is opened, and gives no place twice', async () => {
    const store = sqliteStore({ path });
    await store.open();
    let last = 0;
    for (let n = 0; n < 4; n++) {
      const accepted = await store.commands.accept(draftOf({ now: NOW, id: `c${n}` }));
      if (accepted.kind === 'accepted') last = accepted.command.seq;
      await store.commands.settle(`c${n}`, { state: 'dead', at: NOW + n });
    }
    await store.close();
    await store.open();
    const retention = { now: NOW, settledBefore: 0, limit: 10 };
    expect(
      await store.commands.prune({ ...retention, maxSettled: 3, keepSince: NOW + 1_000_000 }),
    ).toBe(1);
    expect(
      await store.commands.prune({ ...retention, maxSettled: 0, keepSince: NOW + 1_000_000 }),
    ).toBe(3);
    expect(await store.deadLetters.prune(0, 3, 10)).toBe(1);
    await store.close();
    await store.open();
    // The clock was set back meanwhile, and the commands are forgotten: their places are not.
    expect(await store.commands.accept(draftOf({ now: NOW - 60_000, id: 'new' }))).toMatchObject({
      command: { seq: last + 1 },
    });
    await store.close();
  });
});

describe('a storage thread that dies', () => {
  const workers: Worker[] = [];
  let onWorker: (worker: Worker) => void;
  const listener = (worker: Worker) => onWorker(worker);
  beforeEach(() => {
    workers.length = 0;
    onWorker = (worker) => workers.push(worker);
    process.on('worker', listener);
  });
  afterEach(() => {
    process.off('worker', listener);
  });
  const works = (store: ReturnType<typeof sqliteStore>) =>
    store.check().then(
      () => 'ok',
      ({ code }) => code,
    );

  it('takes with it only what was not answered, and another takes its place', async () => {
    const store = sqliteStore({ path });
    await store.open();
    await store.commands.accept(draftOf({ now: NOW, id: 'before', slot: 'one' }));
    const pending = [
      store.commands.accept(draftOf({ now: NOW, id: 'during', slot: 'two' })),
      store.commands.settle('before', { state: 'shown', at: NOW }),
    ];
    const refused = Promise.allSettled(pending);
    await workers[0]?.terminate();
    for (const result of await refused)
      expect(result).toMatchObject({ reason: { code: 'STORE_UNAVAILABLE' } });
    expect(await works(store)).toBe('STORE_UNAVAILABLE');
    await expect.poll(() => works(store)).toBe('ok');
    expect(await store.commands.find('before')).toMatchObject({ id: 'before' });
    // It is safe to repeat what was refused.
    await store.commands.accept(draftOf({ now: NOW, id: 'during', slot: 'two' }));
    expect(await store.commands.find('during')).toMatchObject({ id: 'during' });
    expect(workers).toHaveLength(2);
    await store.close();
  });

  it('is replaced also when the next ones die as well', async () => {
    const store = sqliteStore({ path });
    await store.open();
    onWorker = (worker) => {
      workers.push(worker);
      if (workers.length < 4) void worker.terminate();
    };
    await workers[0]?.terminate();
    await expect.poll(() => works(store), { timeout: 5_000 }).toBe('ok');
    expect(workers).toHaveLength(4);
    await store.close();
  });

  it('is replaced when it dies in the moment in which it opened', async () => {
    const store = sqliteStore({ path });
    onWorker = (worker) => {
      workers.push(worker);
      if (workers.length === 1) worker.once('message', () => void worker.terminate());
    };
    await store.open();
    await expect.poll(() => works(store)).toBe('ok');
    expect(workers).toHaveLength(2);
    await store.close();
  });

  it('is not replaced once the store is closed', async () => {
    const store = sqliteStore({ path });
    await store.open();
    await workers[0]?.terminate();
    await store.close();
    expect(await works(store)).toBe('STORE_UNAVAILABLE');
    const next = sqliteStore({ path });
    await next.open();
    expect(workers).toHaveLength(2);
    await next.close();
  });
});
