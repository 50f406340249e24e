import { Worker } from 'node:worker_threads';
import { RemoteDisplayError } from '@remote-display/protocol';
import type { DatabaseSettings } from './open-database.ts';
import type { Operation, OperationResult } from './sqlite-database.ts';

/** What the thread says first: that it has the file, or why not. */
type Opened = { opened: true } | { opened: false; code: string; detail?: string };

/** A thread that has the file open, from its start to its end. It does one batch at a time. */
export class SqliteThread {
  /** Resolves when the thread has ended, whatever ended it. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #opened = Promise.withResolvers<Opened>();
  #batch: PromiseWithResolvers<OperationResult[]> | undefined;
  #end: RemoteDisplayError | undefined;

  /** Resolves when the file is open. */
  static async open(settings: DatabaseSettings): Promise<SqliteThread> {
    // From source the thread is TypeScript too; built, it lies beside us.
    const file = import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './sqlite-worker.js';
    const worker = new Worker(new URL(file, import.meta.url), { workerData: settings });
    const thread = new SqliteThread(worker);
    const opened = await thread.#opened.promise;
    if (!opened.opened) throw RemoteDisplayError.from(opened);
    return thread;
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.once('message', (opened: Opened) => {
      this.#opened.resolve(opened);
      worker.on('message', (results: OperationResult[]) => this.#batch?.resolve(results));
    });
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    // Heard from the very start: it may die in the moment in which it says that it is open.
    this.ended = new Promise((resolve) =>
      worker.once('exit', () => {
        this.#end = unavailable('the storage thread ended', cause);
        this.#opened.reject(this.#end);
        this.#batch?.reject(this.#end);
        resolve();
      }),
    );
  }

  /** Rejects if the thread ends first: then nobody knows which of them happened. */
  async run(operations: Operation[]): Promise<OperationResult[]> {
    if (this.#end) throw this.#end;
    this.#batch = Promise.withResolvers();
    this.#worker.postMessage(operations);
    return this.#batch.promise;
  }

  async close(): Promise<void> {
    this.#worker.postMessage('close');
    await this.ended;
  }
}

export function unavailable(detail: string, cause?: unknown): RemoteDisplayError {
  const why = cause instanceof Error ? `${detail}: ${cause.message}` : detail;
  return new RemoteDisplayError('STORE_UNAVAILABLE', { detail: why, cause });
}
