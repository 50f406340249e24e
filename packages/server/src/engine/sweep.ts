import type { CommandStore } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { Command } from './command.ts';

export interface SweepOptions {
  commands: CommandStore;
  clock: Clock;
  /** How much longer than its time to live a command in flight is given, in ms. */
  graceMs: number;
  /** How long a settled command can still be read, in ms. */
  retentionMs: number;
  /** Runs first in each round. */
  before: () => void;
  onExpired: (command: Command) => void;
  onError: (error: unknown) => void;
}

const EVERY_MS = 1_000;
const LIMIT = 500;

/** Finds in the store, time and again, what has expired and what is old, whoever accepted it. */
export class Sweep {
  readonly #options: SweepOptions;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.schedule(EVERY_MS, () => {
      void this.#round().finally(() => this.start());
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #round(): Promise<void> {
    const { commands, clock, graceMs, retentionMs, before, onExpired, onError } = this.#options;
    try {
      before();
      const now = clock.now();
      for (const command of await commands.expire(now, graceMs, LIMIT)) onExpired(command);
      await commands.prune(now - retentionMs, now, LIMIT);
    } catch (error) {
      onError(error);
    }
  }
}
