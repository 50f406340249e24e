import type { DatabaseSync } from 'node:sqlite';

/** What would take a count of the file at each step, known instead. Whoever rolls back puts it back too. */
export interface Tally {
  /** The last place given in the order, also to a command that is forgotten. */
  seq: number;
  /** How many settled commands there are. */
  settled: number;
  deadLetters: number;
}

/** Counts once, when the file is opened: 0.02 s for a million, 0.3 s if the disk has to be asked. */
export function tallyOf(db: DatabaseSync): Tally {
  return db
    .prepare(`
      SELECT
        coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'commands'), 0) AS seq,
        (SELECT count(*) FROM commands WHERE settled_at IS NOT NULL) AS settled,
        (SELECT count(*) FROM dead_letters) AS deadLetters`)
    .get() as unknown as Tally;
}
