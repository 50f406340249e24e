import type { CommandStore, DeadLetterStore, Retention } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { Command } from './command.ts';
import type { RetentionOptions } from './engine-options.ts';

export interface SweepOptions extends RetentionOptions {
  commands: CommandStore;
  deadLetters: DeadLetterStore;
  clock: Clock;
  /** How much longer than its time to live a command in flight is given, in ms. */
  graceMs: number;
  /** Runs first in each round. */
  before: () => Promise<void>;
  /** Runs before anything is expired; where it rejects, nothing is. */
  beforeExpiry: () => Promise<void>;
  onExpired: (command: Command) => void;
  onError: (error: unknown) => void;
}

const EVERY_MS = 1_000;
// Small steps, so that nothing waits behind them for long; several a round, so that they keep up.
const LIMIT = 500;
const MAX_STEPS = 20;

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
    const { before, onError } = this.#options;
    for (const part of [before, () => this.#expire(), () => this.#prune()]) {
      try {
        await part();
      } catch (error) {
        onError(error);
      }
    }
  }

  async #expire(): Promise<void> {
    const { commands, clock, graceMs, beforeExpiry, onExpired } = this.#options;
    await beforeExpiry();
    await this.#inSteps(async () => {
      const expired = await commands.expire(clock.now(), graceMs, LIMIT);
      for (const command of expired) onExpired(command);
      return expired.length;
    });
  }

  async #prune(): Promise<void> {
    const { commands, deadLetters, clock } = this.#options;
    const { retentionMs, maxSettled, idempotencyMs } = this.#options;
    const { deadLetterRetentionMs, maxDeadLetters } = this.#options;
    const now = clock.now();
    const retention: Retention = {
      now,
      settledBefore: now - retentionMs,
      maxSettled,
      keepSince: now - idempotencyMs,
      limit: LIMIT,
    };
    await this.#inSteps(() => commands.prune(retention));
    await this.#inSteps(() =>
      deadLetters.prune(now - deadLetterRetentionMs, maxDeadLetters, LIMIT),
    );
  }

  async #inSteps(step: () => Promise<number>): Promise<void> {
    for (let steps = 0; steps < MAX_STEPS && !this.#stopped; steps++)
      if ((await step()) < LIMIT) return;
  }
}
