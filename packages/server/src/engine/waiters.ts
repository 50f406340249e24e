import type { Clock } from './clock.ts';
import type { Command } from './command.ts';

/** Those who wait for a command to end, by its id. */
export class Waiters {
  readonly #waiting = new Map<string, Set<(command?: Command) => void>>();
  readonly #clock: Clock;
  readonly #limit: number;
  #count = 0;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Whether there is room for one more. */
  get full(): boolean {
    return this.#count >= this.#limit;
  }

  /** Whether anyone waits for this command. */
  has(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** The commands that are waited for. */
  ids(): string[] {
    return [...this.#waiting.keys()];
  }

  /** Resolves with the command when it ends, or with `undefined` when the time is over or `signal` aborts. */
  wait(id: string, timeoutMs: number, signal?: AbortSignal): Promise<Command | undefined> {
    if (signal?.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const done = (command?: Command) => {
        stop();
        signal?.removeEventListener('abort', onAbort);
        const waiting = this.#waiting.get(id);
        if (waiting?.delete(done)) this.#count--;
        if (waiting?.size === 0) this.#waiting.delete(id);
        resolve(command);
      };
      const onAbort = () => done();
      const stop = this.#clock.schedule(timeoutMs, onAbort);
      signal?.addEventListener('abort', onAbort);
      const waiting = this.#waiting.get(id) ?? new Set();
      this.#waiting.set(id, waiting.add(done));
      this.#count++;
    });
  }

  /** Nobody waits any longer. */
  release(): void {
    for (const waiting of [...this.#waiting.values()]) for (const done of [...waiting]) done();
  }

  /** The command has ended: tells everyone who waits for it. */
  tell(command: Command): void {
    for (const done of [...(this.#waiting.get(command.id) ?? [])]) done(command);
  }
}
