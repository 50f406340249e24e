import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteDisplayError } from '@remote-display/protocol';
import type { DatabaseSettings } from './open-database.ts';
import type { Operation, OperationResult } from './sqlite-database.ts';
import { SqliteThread, unavailable } from './sqlite-thread.ts';

interface Pending {
  operation: Operation;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

// Nobody waits for these: a waiter was told before, and the device keeps its outcome meanwhile. So
// they travel with the next accept where one comes soon, and the two need one sync of the disk.
const PATIENT = new Set(['settle', 'mark', 'retry']);
const PATIENCE_MS = 5;

// How long to wait before a thread that died is replaced: twice as long each time, until a batch succeeds.
const REOPEN_FIRST_MS = 50;
const REOPEN_MAX_MS = 5_000;

/**
 * The file behind its thread. While one batch is with the disk, the next one gathers. A thread that
 * dies takes with it what it had not answered, and another takes its place.
 */
export class SqliteFile {
  readonly #settings: DatabaseSettings;
  readonly #maxPending: number;
  #thread: SqliteThread | undefined;
  #gathered: Pending[] = [];
  #working: Promise<void> | undefined;
  #scheduled = false;
  #patience: NodeJS.Timeout | undefined;
  #closing = new AbortController();
  #starting: Promise<void> | undefined;
  #reopening: Promise<void> | undefined;
  #failedTries = 0;
  #down = unavailable('the store is not open');

  constructor(settings: DatabaseSettings, maxPending: number) {
    this.#settings = settings;
    this.#maxPending = maxPending;
  }

  async open(): Promise<void> {
    if (this.#thread) return;
    if (this.#closing.signal.aborted) this.#closing = new AbortController();
    await this.#start();
  }

  call<T>(operation: Operation): Promise<T> {
    if (this.#thread === undefined || this.#closing.signal.aborted)
      return Promise.reject(this.#down);
    if (this.#gathered.length >= this.#maxPending)
      return Promise.reject(unavailable('too much waits for the disk'));
    return new Promise((resolve, reject) => {
      this.#gathered.push({ operation, resolve, reject });
      if (PATIENT.has(operation.method)) this.#wait();
      else this.#schedule();
    });
  }

  /** Finishes what was called before; what is called from now on is refused. */
  async close(): Promise<void> {
    this.#down = unavailable('the store is not open');
    this.#closing.abort();
    await this.#starting?.catch(() => {});
    await this.#reopening;
    while (this.#working || this.#gathered.length > 0) {
      if (!this.#working) this.#send();
      await this.#working;
    }
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.close();
  }

  #start(): Promise<void> {
    this.#starting ??= SqliteThread.open(this.#settings)
      .then((thread) => {
        this.#thread = thread;
        void thread.ended.then(() => this.#lost());
      })
      .finally(() => {
        this.#starting = undefined;
      });
    return this.#starting;
  }

  #wait(): void {
    this.#patience ??= setTimeout(() => {
      this.#patience = undefined;
      this.#schedule();
    }, PATIENCE_MS);
  }

  // At the end of the tick, so that what came in with it goes together.
  #schedule(): void {
    if (this.#scheduled || this.#working) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    if (!this.#thread || this.#working || this.#gathered.length === 0) return;
    const batch = this.#gathered;
    this.#gathered = [];
    this.#working = this.#run(this.#thread, batch);
  }

  async #run(thread: SqliteThread, batch: Pending[]): Promise<void> {
    let results: OperationResult[] = [];
    let failure: RemoteDisplayError | undefined;
    try {
      results = await thread.run(batch.map(({ operation }) => operation));
      this.#failedTries = 0;
    } catch (error) {
      failure = RemoteDisplayError.wrap(error, 'STORE_UNAVAILABLE');
    }
    this.#working = undefined;
    // What is patient stays so: it waits for company.
    if (this.#gathered.some(({ operation }) => !PATIENT.has(operation.method))) this.#send();
    else if (this.#gathered.length > 0) this.#wait();
    for (const [index, { resolve, reject }] of batch.entries()) {
      const result = results[index];
      if (result && 'value' in result) resolve(result.value as never);
      else reject(result ? RemoteDisplayError.from(result) : failure);
    }
  }

  // What waited was not begun, yet it is refused at once: its caller knows best whether it still counts.
  #lost(): void {
    this.#thread = undefined;
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const lost = this.#gathered;
    this.#gathered = [];
    for (const { reject } of lost) reject(unavailable('the storage thread ended'));
    if (this.#closing.signal.aborted) return;
    this.#down = unavailable('the storage thread ended and is started again');
    this.#reopening ??= this.#reopen();
  }

  // Never gives up: what was in the way, such as a full disk, may be mended, and nobody should have to restart for that.
  async #reopen(): Promise<void> {
    const { signal } = this.#closing;
    while (!this.#thread && !signal.aborted) {
      const pause = Math.min(REOPEN_FIRST_MS * 2 ** this.#failedTries++, REOPEN_MAX_MS);
      await sleep(pause, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      await this.#start().catch((error: unknown) => {
        this.#down = RemoteDisplayError.wrap(error, 'STORE_UNAVAILABLE');
      });
    }
    this.#reopening = undefined;
  }
}
