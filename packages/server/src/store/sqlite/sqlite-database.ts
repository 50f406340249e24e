import type { DatabaseSync } from 'node:sqlite';
import type { ErrorCode } from '@remote-display/protocol';
import { type DatabaseSettings, openDatabase, probe } from './open-database.ts';
import { sqlitePairings, sqliteSessions } from './sqlite-access.ts';
import { sqliteCommands } from './sqlite-commands.ts';
import { sqliteDeadLetters } from './sqlite-dead-letters.ts';
import { asStoreError } from './sqlite-errors.ts';
import { sqliteScreens } from './sqlite-screens.ts';
import { type Tally, tallyOf } from './tally.ts';

/** One operation of the store, as it travels to the worker thread. */
export interface Operation {
  part: string;
  method: string;
  args: unknown[];
}

/** How it ended. */
export type OperationResult = { value: unknown } | { code: ErrorCode; detail: string };

/**
 * The database file, used by one thread. Operations that arrive together are one transaction, and
 * so one sync of the disk.
 */
export class SqliteDatabase {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #tally: Tally;
  readonly #parts: Record<string, Record<string, (...args: never[]) => unknown>>;

  /** Opens or creates the file; throws `RemoteDisplayError` with what is wrong with it. */
  constructor(settings: DatabaseSettings) {
    this.#path = settings.path;
    const db = openDatabase(settings);
    this.#db = db;
    try {
      this.#tally = tallyOf(db);
      const deadLetters = sqliteDeadLetters(db, this.#tally);
      this.#parts = {
        commands: sqliteCommands(db, this.#tally, deadLetters),
        deadLetters,
        sessions: sqliteSessions(db),
        screens: sqliteScreens(db),
        pairings: sqlitePairings(db),
        store: { check: () => probe(db) },
      };
    } catch (error) {
      db.close();
      throw asStoreError(error, this.#path);
    }
  }

  /** Runs all of them in one transaction; if it fails, each in its own, so that what is bad fails alone. */
  run(operations: Operation[]): OperationResult[] {
    try {
      return this.#transaction(() =>
        operations.map((operation) => ({ value: this.#call(operation) })),
      );
    } catch (error) {
      if (operations.length === 1) return [this.#refusal(error)];
      return operations.flatMap((operation) => this.run([operation]));
    }
  }

  close(): void {
    this.#db.close();
  }

  #call({ part, method, args }: Operation): unknown {
    const operation = this.#parts[part]?.[method];
    if (!operation) throw new Error(`no such operation: ${part}.${method}`);
    return operation(...(args as never[]));
  }

  /**
   * All or nothing, also where the commit itself fails: SQLite then forgets it, and what comes next
   * is written over what it left in the log. So to run the same again has no double effect.
   */
  #transaction<T>(work: () => T): T {
    const tally = { ...this.#tally };
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      Object.assign(this.#tally, tally);
      // SQLite has rolled back by itself where the disk failed.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #refusal(error: unknown): OperationResult {
    const { code, detail } = asStoreError(error, this.#path);
    return { code, detail: detail ?? '' };
  }
}
