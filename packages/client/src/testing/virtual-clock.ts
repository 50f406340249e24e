import type { Clock } from '../clock.ts';

interface Task {
  at: number;
  run: () => void;
}

/** Time that passes when it is told to; the wall clock can be set, and the machine can sleep. */
export class VirtualClock implements Clock {
  #wall = 1_800_000_000_000;
  #monotonic = 0;
  readonly #tasks = new Set<Task>();

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const task: Task = { at: this.#monotonic + delayMs, run };
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  /** Someone sets the clock on the wall. */
  set(byMs: number): void {
    this.#wall += byMs;
  }

  /** The machine sleeps: the wall clock goes on, timers and the monotonic clock stand still. */
  sleep(ms: number): void {
    this.#wall += ms;
  }

  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (;;) {
      const due = [...this.#tasks].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#tasks.delete(due);
      this.#wall += Math.max(0, due.at - this.#monotonic);
      this.#monotonic = Math.max(due.at, this.#monotonic);
      due.run();
      await settle();
    }
    this.#wall += end - this.#monotonic;
    this.#monotonic = end;
  }
}

// After every promise that can settle without time passing.
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
