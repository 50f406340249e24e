import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { MIGRATIONS } from './schema.ts';
import { sqlitePairings, sqliteSessions } from './sqlite-access.ts';
import { sqliteCommands } from './sqlite-commands.ts';
import { sqliteDeadLetters } from './sqlite-dead-letters.ts';
import { sqliteScreens } from './sqlite-screens.ts';

/** Remembers every statement that is asked for. */
class Recorder extends DatabaseSync {
  readonly asked: string[] = [];

  override prepare(sql: string) {
    this.asked.push(sql);
    return super.prepare(sql);
  }
}

function planOf(db: DatabaseSync, sql: string): string[] {
  return db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => String(detail));
}

const isDear = (line: string) => /\bSCAN\b|TEMP B-TREE/.test(line);

it('asks nothing whose cost grows with what there is', () => {
  const db = new Recorder(':memory:');
  for (const step of MIGRATIONS) db.exec(step);
  const tally = { seq: 0, settled: 0, deadLetters: 0 };
  const deadLetters = sqliteDeadLetters(db, tally);
  sqliteCommands(db, tally, deadLetters);
  sqliteScreens(db);
  sqliteSessions(db);
  sqlitePairings(db);
  const filters = [
    { screenId: 'a' },
    { type: 'navigate' },
    { code: 'HANDLER_FAILED' },
    { since: 1 },
    { until: 2 },
    { redriven: true },
  ] as const;
  for (const filter of [{}, ...filters, Object.assign({}, ...filters)])
    deadLetters.list(filter, { limit: 10 });
  const statements = [...db.asked];
  expect(statements.length).toBeGreaterThan(30);
  for (const sql of statements) expect(planOf(db, sql).filter(isDear), sql).toEqual([]);
  // It would have been seen.
  expect(planOf(db, 'SELECT * FROM commands ORDER BY subject').filter(isDear)).toHaveLength(2);
  db.close();
});
