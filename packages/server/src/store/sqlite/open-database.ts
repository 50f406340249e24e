import { DatabaseSync } from 'node:sqlite';
import { RemoteDisplayError } from '@remote-display/protocol';
import { MIGRATIONS } from './schema.ts';
import { asStoreError } from './sqlite-errors.ts';

export interface DatabaseSettings {
  path: string;
  synchronous: 'FULL' | 'NORMAL';
}

/** Opens or creates the file, for us alone; throws `RemoteDisplayError` with what is wrong with it. */
export function openDatabase({ path, synchronous }: DatabaseSettings): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    // Held from here on: a second server that opens the file is refused instead of sharing it.
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.exec('PRAGMA journal_mode = WAL');
    db.exec(`PRAGMA synchronous = ${synchronous}`);
    // In KiB. Keys are random, so an index that does not fit is read again from the disk at each accept.
    db.exec('PRAGMA cache_size = -65536');
    db.exec('BEGIN EXCLUSIVE; COMMIT');
    migrate(db, path);
    inspect(db, path);
    probe(db);
    return db;
  } catch (error) {
    db?.close();
    throw asStoreError(error, path);
  }
}

/** Writes a little, so that a disk that is full or may not be written to shows itself. */
export function probe(db: DatabaseSync): void {
  // Another value each time: SQLite does not write what is there already.
  db.exec('UPDATE probe SET writes = writes + 1');
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

// A million commands are near a gigabyte: 1 s to check where memory has it, 14 s where the disk must be read.
const CHECKED_WHOLE_BYTES = 64 * 1024 * 1024;

/**
 * Refuses a damaged file. A small one is checked whole; of a large one what has not ended is read,
 * and the rest shows its damage when it is used. SQLite has no checksums: text that was changed and
 * is still JSON is not found.
 */
function inspect(db: DatabaseSync, path: string): void {
  const { bytes } = db
    .prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size')
    .get() as { bytes: number };
  if (bytes <= CHECKED_WHOLE_BYTES) {
    const { quick_check: found } = db.prepare('PRAGMA quick_check(1)').get() as {
      quick_check: string;
    };
    if (found !== 'ok')
      throw new RemoteDisplayError('STORE_CORRUPT', { detail: `${path}: ${found}` });
  }
  const { damaged } = db
    .prepare(`
      SELECT count(*) AS damaged FROM commands WHERE settled_at IS NULL
        AND NOT (json_valid(payload) AND json_valid(trace) AND json_valid(history))`)
    .get() as { damaged: number };
  if (damaged > 0)
    throw new RemoteDisplayError('STORE_CORRUPT', { detail: `${path}: ${damaged} commands` });
}
