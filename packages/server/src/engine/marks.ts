import type { Clock } from './clock.ts';
import type { Mark } from './lifecycle.ts';

const DELAY_MS = 20;

/**
 * How far commands have come, on its way to the store. Nobody waits for these, and most commands
 * end within a blink; so marks are gathered, and travel with the command's end where that is soon.
 */
export class Marks {
  readonly #pending = new Map<string, Mark[]>();
  readonly #clock: Clock;
  readonly #write: (marks: Mark[]) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    clock: Clock,
    write: (marks: Mark[]) => Promise<void>,
    onError: (error: unknown) => void,
  ) {
    this.#clock = clock;
    this.#write = write;
    this.#onError = onError;
  }

  add(mark: Mark | undefined): void {
    if (mark === undefined) return;
    const pending = this.#pending.get(mark.id);
    if (pending) pending.push(mark);
    else this.#pending.set(mark.id, [mark]);
    this.#cancel ??= this.#clock.schedule(DELAY_MS, () => this.flush());
  }

  /** The command has ended: nothing of it is news any more. */
  drop(id: string): void {
    this.#pending.delete(id);
  }

  /** Sends to the store what is known of one command, or of all. The store keeps the order of calls. */
  flush(id?: string): void {
    const marks =
      id === undefined ? [...this.#pending.values()].flat() : (this.#pending.get(id) ?? []);
    if (id === undefined) {
      this.#pending.clear();
      this.#cancel?.();
      this.#cancel = undefined;
    } else this.#pending.delete(id);
    if (marks.length === 0) return;
    const write = this.#write(marks).catch((error: unknown) => {
      this.#onError(error);
      // They go with the next: without them a command under way would look as if it waited.
      for (const mark of marks.toReversed()) {
        const since = this.#pending.get(mark.id) ?? [];
        this.#pending.set(mark.id, [mark, ...since]);
      }
    });
    this.#writing = Promise.all([this.#writing, write]).then(() => {});
  }

  async close(): Promise<void> {
    this.flush();
    await this.#writing;
  }
}
