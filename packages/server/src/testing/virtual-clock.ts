import type { Clock } from '../engine/clock.ts';

interface Task {
  at: number;
  order: number;
  run: () => void;
}

/** Time that stands still until it is told to pass; the clock on the wall can be set. */
export class VirtualClock implements Clock {
  #wall: number;
  #ticks = 0;
  #order = 0;
  readonly #tasks = new Set<Task>();

  constructor(now = 1_800_000_000_000) {
    this.#wall = now;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#ticks;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const task: Task = { at: this.#ticks + delayMs, order: this.#order++, run };
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  /** Someone sets the clock on the wall. */
  set(byMs: number): void {
    this.#wall += byMs;
  }

  /** Lets `ms` pass, running what falls due in its order and letting promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#ticks + ms;
    await settleMicrotasks();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#tasks.delete(next);
      this.#pass(next.at);
      next.run();
      await settleMicrotasks();
    }
    this.#pass(end);
  }

  #pass(to: number): void {
    this.#wall += to - this.#ticks;
    this.#ticks = to;
  }

  #next(end: number): Task | undefined {
    let next: Task | undefined;
    for (const task of this.#tasks) {
      if (task.at > end) continue;
      const earlier = next === undefined || task.at < next.at;
      if (earlier || (task.at === next?.at && task.order < next.order)) next = task;
    }
    return next;
  }
}

// A macrotask turn runs after every promise that can settle without time passing.
function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
