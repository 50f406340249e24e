import type { Clock } from '../engine/clock.ts';

interface Task {
  at: number;
  order: number;
  run: () => void;
}

/** Time that stands still until it is told to pass. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #tasks = new Set<Task>();

  constructor(now = 1_800_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const task: Task = { at: this.#now + delayMs, order: this.#order++, run };
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  /** Lets `ms` pass, running what falls due in its order and letting promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settleMicrotasks();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#tasks.delete(next);
      this.#now = next.at;
      next.run();
      await settleMicrotasks();
    }
    this.#now = end;
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
