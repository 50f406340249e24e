import { resolve } from 'node:path';
import { RemoteDisplayError } from '@remote-display/protocol';
import { z } from 'zod';
import { SqliteFile } from './sqlite/sqlite-file.ts';
import { timeOrderedId } from './sqlite/time-ordered-id.ts';
import type {
  CommandStore,
  DeadLetterStore,
  PairingStore,
  ScreenStore,
  SessionStore,
  Store,
} from './store.ts';

export interface SqliteStoreOptions {
  /** The database file. Default `./remote-display.db`. */
  path?: string;
  /**
   * When the disk has a command for good. `FULL`: before its accept is answered, so that it outlives
   * a loss of power. `NORMAL`: it outlives a crash of the process, but a loss of power may take the
   * last moments; for slow disks. Default `FULL`.
   */
  synchronous?: 'FULL' | 'NORMAL';
  /** How many operations may wait for the disk before new ones are refused with `STORE_UNAVAILABLE`. Default 10,000. */
  maxPending?: number;
}

const optionsSchema = z.strictObject({
  path: z.string().min(1).default('remote-display.db'),
  synchronous: z.enum(['FULL', 'NORMAL']).default('FULL'),
  maxPending: z.int().min(1).max(1_000_000).default(10_000),
});

/**
 * Keeps everything in one SQLite file, durably: what was accepted survives a crash of the process
 * and of the machine. The file belongs to one server at a time. The disk's work is done on a thread
 * of its own, and what arrives together is synced together. A full disk refuses with
 * `STORE_UNAVAILABLE` until there is room again; no restart is needed.
 *
 * @throws `INVALID_OPTIONS`
 * @example
 * ```ts
 * createRemoteDisplay({ store: sqliteStore({ path: '/var/lib/display/display.db' }), ... });
 * ```
 */
export function sqliteStore(options: SqliteStoreOptions = {}): Store {
  const { path, synchronous, maxPending } = checked(options);
  const file = new SqliteFile({ path: resolve(path), synchronous }, maxPending);
  const part = <T>(name: string, methods: (keyof T & string)[]): T =>
    Object.fromEntries(
      methods.map((method) => [
        method,
        (...args: unknown[]) => file.call({ part: name, method, args }),
      ]),
    ) as T;
  return {
    open: () => file.open(),
    close: () => file.close(),
    check: () => file.call({ part: 'store', method: 'check', args: [] }),
    commands: {
      newId: () => timeOrderedId(),
      ...part<Omit<CommandStore, 'newId'>>('commands', [
        'accept',
        'find',
        'recall',
        'hold',
        'holder',
        'outbox',
        'mark',
        'retry',
        'settle',
        'expire',
        'prune',
      ]),
    },
    deadLetters: part<DeadLetterStore>('deadLetters', ['find', 'list', 'discard', 'prune']),
    screens: part<ScreenStore>('screens', ['pair', 'update', 'tagged', 'seen', 'find', 'list']),
    sessions: part<SessionStore>('sessions', ['create', 'rotate', 'revoke', 'revokedSince']),
    pairings: part<PairingStore>('pairings', ['create', 'redeem']),
  };
}

function checked(options: SqliteStoreOptions): z.output<typeof optionsSchema> {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues
    .map(({ path, message }) => `sqliteStore: ${path.join('.')} ${message}`)
    .join('; ');
  throw new RemoteDisplayError('INVALID_OPTIONS', { detail });
}
