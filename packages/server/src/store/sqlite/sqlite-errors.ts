import { RemoteDisplayError } from '@remote-display/protocol';

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** What went wrong with the file, in the words of the contract. */
export function asStoreError(error: unknown, path: string): RemoteDisplayError {
  if (error instanceof RemoteDisplayError) return error;
  const { errcode = 0 } = error as { errcode?: number };
  const detail = `${path}: ${error instanceof Error ? error.message : String(error)}`;
  // The low byte is the kind, the rest only refines it.
  const kind = errcode & 0xff;
  if (kind === SQLITE_BUSY || kind === SQLITE_LOCKED)
    return new RemoteDisplayError('STORE_LOCKED', { detail });
  // We wrote JSON; if it is none any more, the file was changed under us.
  if (kind === SQLITE_CORRUPT || kind === SQLITE_NOTADB || error instanceof SyntaxError)
    return new RemoteDisplayError('STORE_CORRUPT', { detail });
  return new RemoteDisplayError('STORE_UNAVAILABLE', { detail });
}
