import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { draftOf } from '../../testing/drafts.ts';
import { SqliteDatabase } from './sqlite-database.ts';

const NOW = 1_800_000_000_000;
let db: SqliteDatabase;

beforeEach(() => {
  db = new SqliteDatabase({ path: ':memory:', synchronous: 'FULL' });
});
afterEach(() => {
  vi.restoreAllMocks();
  db.close();
});

const operation = (method: string, ...args: unknown[]) => ({ part: 'commands', method, args });
const accept = (id: string) => operation('accept', draftOf({ now: NOW, id, slot: id }));
const die = (id: string) => operation('settle', id, { state: 'dead', at: NOW });
const prune = (maxSettled: number) =>
  operation('prune', { now: NOW, settledBefore: 0, maxSettled, keepSince: NOW + 1_000, limit: 10 });

/** The next so many commits fail, as on a full disk. */
function failCommits(times: number): void {
  const exec = DatabaseSync.prototype.exec;
  let left = times;
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (
    this: DatabaseSync,
    sql: string,
  ) {
    if (sql === 'COMMIT' && left-- > 0) throw new Error('database or disk is full');
    exec.call(this, sql);
  });
}

it('runs each of a batch again, once, when the commit of all fails', () => {
  failCommits(1);
  const results = db.run([accept('a'), accept('b'), die('a')]);
  expect(results).toMatchObject([
    { value: { kind: 'accepted' } },
    { value: { kind: 'accepted' } },
    { value: { moved: true } },
  ]);
  // What was counted in the batch that failed is not counted twice: one has settled, and one may stay.
  expect(db.run([prune(1)])).toEqual([{ value: 0 }]);
  expect(db.run([prune(0)])).toEqual([{ value: 1 }]);
});

it('has nothing of what it refused', () => {
  db.run([accept('kept')]);
  // The batch, and each of the two alone.
  failCommits(3);
  expect(db.run([accept('refused'), die('kept')])).toMatchObject([
    { code: 'STORE_UNAVAILABLE' },
    { code: 'STORE_UNAVAILABLE' },
  ]);
  const [refused, kept, letter] = db.run([
    operation('find', 'refused'),
    operation('find', 'kept'),
    { part: 'deadLetters', method: 'find', args: ['kept'] },
  ]);
  expect(refused).toEqual({ value: undefined });
  expect(kept).toMatchObject({ value: { state: 'queued' } });
  expect(letter).toEqual({ value: undefined });
  expect(db.run([prune(0)])).toEqual([{ value: 0 }]);
  expect(db.run([accept('refused')])).toMatchObject([{ value: { kind: 'accepted' } }]);
});
