import { DatabaseSync } from 'node:sqlite';
import { type ErrorCode, RemoteDisplayError } from '@remote-display/protocol';
import { MIGRATIONS } from './schema.ts';
import { sqlitePairings, sqliteScreens, sqliteSessions } from './sqlite-access.ts';
import { sqliteCommands } from './sqlite-commands.ts';

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
  readonly #db: DatabaseSync;
  readonly #parts: Record<string, Record<string, (...args: never[]) => unknown>>;

  /** Opens or creates the file; throws `RemoteDisplayError` with what is wrong with it. */
  constructor(path: string) {
    this.#db = openDatabase(path);
    this.#parts = {
      commands: sqliteCommands(this.#db),
      sessions: sqliteSessions(this.#db),
      screens: sqliteScreens(this.#db),
      pairings: sqlitePairings(this.#db),
      store: { check: () => this.#db.exec('SELECT 1') },
    };
  }

  /** Runs all of them in one transaction; if one fails, each in its own, so that it fails alone. */
  run(operations: Operation[]): OperationResult[] {
    try {
      return this.#transaction(() =>
        operations.map((operation) => ({ value: this.#call(operation) })),
      );
    } catch (error) {
      if (operations.length === 1) return [refusal(error)];
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

  #transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has rolled back by itself where the disk failed.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}

function openDatabase(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    // Held from here on: a second server that opens the file is refused instead of sharing it.
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL');
    db.exec('BEGIN EXCLUSIVE; COMMIT');
    migrate(db, path);
    return db;
  } catch (error) {
    db?.close();
    throw asStoreError(error, path);
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as {
    user_version: number;
  };
  if (version > MIGRATIONS.length) {
    throw new RemoteDisplayError('STORE_TOO_NEW', {
      detail: `${path} has schema ${version}, this version knows ${MIGRATIONS.length}`,
    });
  }
  for (const [index, step] of MIGRATIONS.slice(version).entries()) {
    db.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version = ${version + index + 1}; COMMIT`);
  }
}

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

function asStoreError(error: unknown, path: string): RemoteDisplayError {
  if (error instanceof RemoteDisplayError) return error;
  const { errcode = 0 } = error as { errcode?: number };
  const detail = `${path}: ${error instanceof Error ? error.message : String(error)}`;
  // The low byte is the kind, the rest only refines it.
  const kind = errcode & 0xff;
  if (kind === SQLITE_BUSY || kind === SQLITE_LOCKED)
    return new RemoteDisplayError('STORE_LOCKED', { detail });
  if (kind === SQLITE_CORRUPT || kind === SQLITE_NOTADB)
    return new RemoteDisplayError('STORE_CORRUPT', { detail });
  return new RemoteDisplayError('STORE_UNAVAILABLE', { detail });
}

function refusal(error: unknown): OperationResult {
  const { code, detail } = asStoreError(error, 'sqlite');
  return { code, detail: detail ?? '' };
}
