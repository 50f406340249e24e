import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RemoteDisplayError } from '@remote-display/protocol';
import type { Operation, OperationResult } from './sqlite/sqlite-database.ts';
import type { CommandStore, PairingStore, ScreenStore, SessionStore, Store } from './store.ts';

export interface SqliteStoreOptions {
  /** The database file. Default `./remote-display.db`. */
  path?: string;
  /** How many operations may wait for the disk before new ones are refused with `STORE_UNAVAILABLE`. Default 10,000. */
  maxPending?: number;
}

interface Pending {
  operation: Operation;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

/**
 * Keeps everything in one SQLite file, durably: what was accepted survives a crash of the process
 * and of the machine (WAL, synchronous FULL). The file belongs to one server at a time. The disk's
 * work is done on a thread of its own, and what arrives together is synced together.
 *
 * @example
 * ```ts
 * createRemoteDisplay({ store: sqliteStore({ path: '/var/lib/display/display.db' }), ... });
 * ```
 */
export function sqliteStore(options: SqliteStoreOptions = {}): Store {
  const file = new SqliteFile(
    resolve(options.path ?? 'remote-display.db'),
    options.maxPending ?? 10_000,
  );
  const part = <T>(name: string, methods: (keyof T & string)[]): T =>
    Object.fromEntries(
      methods.map((method) => [
        method,
        (...args: unknown[]) => file.call({ part: name, method, args }),
      ]),
    ) as T;
  return {
    shared: false,
    open: () => file.open(),
    close: () => file.close(),
    check: () => file.call({ part: 'store', method: 'check', args: [] }),
    commands: part<CommandStore>('commands', [
      'accept',
      'find',
      'recall',
      'outbox',
      'mark',
      'retry',
      'settle',
      'expire',
      'prune',
    ]),
    screens: part<ScreenStore>('screens', ['pair', 'seen', 'find', 'list']),
    sessions: part<SessionStore>('sessions', ['create', 'rotate', 'revoke', 'revokedSince']),
    pairings: part<PairingStore>('pairings', ['create', 'redeem']),
  };
}

// Nobody waits for these: a waiter was told before, and the device keeps its outcome meanwhile. So
// they travel with the next accept where one comes soon, and the two need one sync of the disk.
const PATIENT = new Set(['settle', 'mark', 'retry']);
const PATIENCE_MS = 5;

/** The file behind its thread. While one batch is with the disk, the next one gathers. */
class SqliteFile {
  readonly #path: string;
  readonly #maxPending: number;
  #worker: Worker | undefined;
  #gathered: Pending[] = [];
  #atWork: Pending[] = [];
  #scheduled = false;
  #patience: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(path: string, maxPending: number) {
    this.#path = path;
    this.#maxPending = maxPending;
  }

  async open(): Promise<void> {
    if (this.#worker) return;
    // From source the thread is TypeScript too; built, it lies beside us.
    const file = import.meta.url.endsWith('.ts')
      ? './sqlite/sqlite-worker.ts'
      : './sqlite-worker.js';
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { path: this.#path } });
    const opened = await new Promise<{ opened: boolean; code?: string; detail?: string }>(
      (resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      },
    ).catch((cause: unknown) => {
      throw new RemoteDisplayError('STORE_UNAVAILABLE', { cause });
    });
    if (!opened.opened) throw RemoteDisplayError.from(opened);
    worker.on('message', (results: OperationResult[]) => this.#finish(results));
    worker.on('error', (cause) => this.#fail(cause));
    worker.on('exit', () => this.#fail(undefined));
    this.#closing = false;
    this.#worker = worker;
  }

  call<T>(operation: Operation): Promise<T> {
    if (!this.#worker || this.#closing) return Promise.reject(unavailable('the store is not open'));
    if (this.#gathered.length >= this.#maxPending)
      return Promise.reject(unavailable('too much waits for the disk'));
    return new Promise((resolve, reject) => {
      this.#gathered.push({ operation, resolve, reject });
      if (PATIENT.has(operation.method)) this.#wait();
      else this.#schedule();
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    // Behind everything that was called before.
    const last = this.call({ part: 'store', method: 'check', args: [] }).catch(() => {});
    this.#closing = true;
    await last;
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage('close');
    await exited;
  }

  #wait(): void {
    this.#patience ??= setTimeout(() => {
      this.#patience = undefined;
      this.#schedule();
    }, PATIENCE_MS);
  }

  // At the end of the tick, so that what came in with it goes together.
  #schedule(): void {
    if (this.#scheduled || this.#atWork.length > 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (!this.#worker || this.#gathered.length === 0) return;
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#atWork = this.#gathered;
    this.#gathered = [];
    this.#worker.postMessage(this.#atWork.map(({ operation }) => operation));
  }

  #finish(results: OperationResult[]): void {
    const done = this.#atWork;
    this.#atWork = [];
    // What is patient stays so: it waits for company.
    if (this.#gathered.some(({ operation }) => !PATIENT.has(operation.method))) this.#send();
    else if (this.#gathered.length > 0) this.#wait();
    for (const [index, { resolve, reject }] of done.entries()) {
      const result = results[index];
      if (result && 'value' in result) resolve(result.value as never);
      else reject(result ? RemoteDisplayError.from(result) : unavailable('no answer'));
    }
  }

  #fail(cause: unknown): void {
    this.#worker = undefined;
    clearTimeout(this.#patience);
    const lost = [...this.#atWork, ...this.#gathered];
    this.#atWork = [];
    this.#gathered = [];
    for (const { reject } of lost) reject(unavailable('the storage thread ended', cause));
  }
}

function unavailable(detail: string, cause?: unknown): RemoteDisplayError {
  return new RemoteDisplayError('STORE_UNAVAILABLE', { detail, cause });
}
