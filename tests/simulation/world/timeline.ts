interface Task {
  at: number;
  order: number;
  run: (() => void) | undefined;
}

/** The one time of a world: it jumps from one thing that is due to the next. */
export class Timeline {
  #now = 0;
  #order = 0;
  // A binary heap, the earliest first.
  readonly #heap: Task[] = [];

  /** ms since the world began. */
  get now(): number {
    return this.#now;
  }

  /** Runs `run` once after `delayMs`; the answer calls it off. */
  schedule(delayMs: number, run: () => void): () => void {
    const task: Task = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run };
    this.#push(task);
    return () => {
      task.run = undefined;
    };
  }

  /** Lets time pass until `end`, or until `isOver` says that enough has happened. */
  async runUntil(end: number, isOver: () => boolean = () => false): Promise<void> {
    await settled();
    while (!isOver()) {
      const [first] = this.#heap;
      if (first === undefined || first.at > end) {
        this.#now = end;
        return;
      }
      this.#pop();
      if (first.run === undefined) continue;
      this.#now = first.at;
      first.run();
      await settled();
    }
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(task);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Task;
      if (!isBefore(task, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = task;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Task;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      const right = heap[below + 1];
      if (right && isBefore(right, heap[below] as Task)) below++;
      const child = heap[below] as Task;
      if (!isBefore(child, last)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

// A macrotask turn comes after every promise that can settle without time passing.
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
