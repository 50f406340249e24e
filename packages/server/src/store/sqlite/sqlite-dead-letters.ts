import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Command } from '../../engine/command.ts';
import type { DeadLetter, DeadLetterFilter } from '../store.ts';
import { type Row, toJson } from './rows.ts';
import type { Tally } from './tally.ts';

export type SqliteDeadLetters = ReturnType<typeof sqliteDeadLetters>;

const END = Number.MAX_SAFE_INTEGER;

/** The dead letters in SQLite, ordered by when they died. */
export function sqliteDeadLetters(db: DatabaseSync, tally: Tally) {
  const insert = db.prepare(`
    INSERT INTO dead_letters (command_id, screen_id, type, code, died_at, command)
    VALUES (?, ?, ?, ?, ?, ?)`);
  const select = db.prepare('SELECT * FROM dead_letters WHERE command_id = ?');
  const setRedriven = db.prepare('UPDATE dead_letters SET redriven_as = ? WHERE command_id = ?');
  const remove = db.prepare('DELETE FROM dead_letters WHERE command_id = ?');
  const removeOld = db.prepare(`
    DELETE FROM dead_letters WHERE place IN
      (SELECT place FROM dead_letters WHERE died_at < ? ORDER BY died_at, place LIMIT ?)`);
  // One for each set of filters that was asked for.
  const pages = new Map<string, StatementSync>();

  function pageOf(conditions: string[]): StatementSync {
    const sql = `SELECT * FROM dead_letters WHERE ${conditions.join(' AND ')}
      ORDER BY died_at DESC, place DESC LIMIT ?`;
    const page = pages.get(sql) ?? db.prepare(sql);
    pages.set(sql, page);
    return page;
  }

  function forget(before: number, limit: number): number {
    const forgotten = limit > 0 ? Number(removeOld.run(before, limit).changes) : 0;
    tally.deadLetters -= forgotten;
    return forgotten;
  }

  return {
    add(command: Command): void {
      const { id, screenId, type, error, settledAt = 0 } = command;
      insert.run(id, screenId, type, error?.code ?? null, settledAt, toJson(command));
      tally.deadLetters++;
    },

    redriven(commandId: string, as: string): void {
      setRedriven.run(as, commandId);
    },

    find(commandId: string): DeadLetter | undefined {
      const row = select.get(commandId) as Row | undefined;
      return row && letterOf(row);
    },

    list(filter: DeadLetterFilter, page: { after?: string | undefined; limit: number }) {
      const { screenId, type, code, since, until, redriven } = filter;
      const [diedAt = END, place = END] = page.after?.split('.').map(Number) ?? [];
      const where: [string, string | number | undefined][] = [
        ['screen_id = ?', screenId],
        ['type = ?', type],
        ['code = ?', code],
        ['died_at >= ?', since],
        ['died_at < ?', until],
      ];
      const asked = where.flatMap(([condition, value]) =>
        value === undefined ? [] : [{ condition, value }],
      );
      const statement = pageOf([
        '(died_at, place) < (?, ?)',
        ...asked.map(({ condition }) => condition),
        ...(redriven === undefined ? [] : [`redriven_as IS ${redriven ? 'NOT ' : ''}NULL`]),
      ]);
      const values = asked.map(({ value }) => value);
      const rows = statement.all(diedAt, place, ...values, page.limit + 1) as Row[];
      const last = rows.length > page.limit ? rows[page.limit - 1] : undefined;
      return {
        letters: rows.slice(0, page.limit).map(letterOf),
        next: last && `${last['died_at']}.${last['place']}`,
      };
    },

    discard(commandId: string): boolean {
      const discarded = Number(remove.run(commandId).changes);
      tally.deadLetters -= discarded;
      return discarded > 0;
    },

    prune(before: number, maxCount: number, limit: number): number {
      const old = forget(before, limit);
      return old + forget(END, Math.min(limit - old, tally.deadLetters - maxCount));
    },
  };
}

function letterOf(row: Row): DeadLetter {
  const command: Command = JSON.parse(String(row['command']));
  const redrivenAs = row['redriven_as'];
  return typeof redrivenAs === 'string' ? { command, redrivenAs } : { command };
}
