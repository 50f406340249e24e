import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draftOf } from '../../testing/drafts.ts';
import { openDatabase } from './open-database.ts';
import { MIGRATIONS } from './schema.ts';
import { SqliteDatabase } from './sqlite-database.ts';

const NOW = 1_800_000_000_000;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remote-display-'));
  path = join(folder, 'test.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => new SqliteDatabase({ path, synchronous: 'FULL' });
const call = (db: SqliteDatabase, name: string, ...args: unknown[]) => {
  const [part = '', method = ''] = name.split('.');
  const [result] = db.run([{ part, method, args }]);
  return result && 'value' in result ? result.value : result;
};

describe('a file of schema 1', () => {
  const columns = `seq, id, screen_id, slot, type, payload, subject, trace, state, attempt,
    created_at, expires_at, not_before, settled_at, history`;

  it('is brought up to date and goes on', () => {
    const old = new DatabaseSync(path);
    old.exec(`${MIGRATIONS[0]} PRAGMA user_version = 1`);
    const insert = old.prepare(
      `INSERT INTO commands (${columns}) VALUES (?, ?, 'station-1', 'display:1:document', 'navigate',
        '{"orderId":"PO-1"}', 'tester', '{"requestId":"r"}', ?, 0, ?, ?, ?, ?, '[]')`,
    );
    insert.run(7, 'ended', 'shown', NOW, NOW + 1_000, NOW, NOW + 1);
    insert.run(8, 'waiting', 'queued', NOW, NOW + 1_000, NOW, null);
    old.exec(`INSERT INTO screens VALUES ('station-1', 'Line 1', ${NOW}, NULL, '[]')`);
    old.exec(`INSERT INTO pairings VALUES ('h', 'station-1', 'Line 1', ${NOW + 10})`);
    old.exec(`INSERT INTO idempotency_keys VALUES ('k', 'waiting', 'one', ${NOW + 10})`);
    old.close();

    const db = open();
    expect(call(db, 'commands.find', 'ended')).toMatchObject({ state: 'shown', priority: 0 });
    expect(call(db, 'commands.recall', ['k'], NOW)).toMatchObject({ command: { id: 'waiting' } });
    const accepted = call(db, 'commands.accept', draftOf({ now: NOW, id: 'newer', priority: 5 }));
    expect(accepted).toMatchObject({
      command: { seq: NOW * 1_000 },
      superseded: [{ id: 'waiting', seq: 8 }],
    });
    const retention = {
      now: NOW,
      settledBefore: 0,
      maxSettled: 1,
      keepSince: NOW + 1_000,
      limit: 10,
    };
    expect(call(db, 'commands.prune', retention)).toBe(1);
    expect(call(db, 'screens.update', 'station-1', { tags: ['line-1'] })).toMatchObject({
      name: 'Line 1',
      tags: ['line-1'],
    });
    expect(call(db, 'screens.tagged', 'line-1', 10)).toEqual(['station-1']);
    expect(call(db, 'pairings.redeem', 'h', 'station-1', NOW)).toMatchObject({ name: 'Line 1' });
    expect(call(db, 'deadLetters.list', {}, { limit: 10 })).toMatchObject({ letters: [] });
    db.close();
  });

  it('has no place after those that it gave, even where they are higher than the time', () => {
    const old = new DatabaseSync(path);
    old.exec(`${MIGRATIONS[0]} PRAGMA user_version = 1`);
    const high = (NOW + 60_000) * 1_000;
    old.exec(`INSERT INTO commands (${columns}) VALUES (${high}, 'a', 's', 'o', 'navigate', '{}', '',
      '{}', 'queued', 0, ${NOW}, ${NOW}, ${NOW}, NULL, '[]'); DELETE FROM commands`);
    old.close();
    const db = open();
    expect(call(db, 'commands.accept', draftOf({ now: NOW }))).toMatchObject({
      command: { seq: high + 1 },
    });
    db.close();
  });
});

describe('a damaged file', () => {
  beforeEach(() => {
    const db = open();
    const accepts = Array.from({ length: 300 }, (_, n) => ({
      part: 'commands',
      method: 'accept',
      args: [draftOf({ now: NOW, slot: `slot-${n}` })],
    }));
    db.run(accepts);
    call(db, 'screens.pair', { screenId: 'a', name: 'A', pairedAt: NOW, tags: ['t'] });
    db.close();
  });

  it('is refused, whichever page was hit', () => {
    const sound = readFileSync(path);
    const pages = sound.length / 4096;
    expect(pages).toBeGreaterThan(50);
    for (let page = 0; page < pages; page++) {
      const damaged = Buffer.from(sound);
      for (let n = 0; n < 16; n++) damaged[page * 4096 + n] = ~(sound[page * 4096 + n] ?? 0);
      writeFileSync(path, damaged);
      expect(() => openDatabase({ path, synchronous: 'FULL' }).close(), `page ${page}`).toThrow(
        expect.objectContaining({ code: 'STORE_CORRUPT' }),
      );
    }
  });

  it('is refused where a command that has not ended cannot be read', () => {
    const db = new DatabaseSync(path);
    db.exec(`UPDATE commands SET history = '[{"state' WHERE slot = 'slot-1'`);
    db.close();
    expect(open).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
  });

  it('says so, too, where the damage shows only when it is used', () => {
    const other = new DatabaseSync(path);
    other.exec(`UPDATE screens SET displays = '[{"ind' WHERE screen_id = 'a'`);
    other.close();
    const db = open();
    expect(call(db, 'screens.find', 'a')).toMatchObject({ code: 'STORE_CORRUPT' });
    db.close();
  });
});
