import type { Timeline } from './timeline.ts';

/** What dies at once: its timers never fire again, and nobody hears of it any more. */
export class Process {
  readonly #timeline: Timeline;
  readonly #wall: () => number;
  #alive = true;
  /** Time as this process sees it. */
  readonly clock = {
    now: (): number => Math.floor(this.#wall()),
    monotonic: (): number => this.#timeline.now,
    schedule: (delayMs: number, task: () => void): (() => void) =>
      this.#timeline.schedule(delayMs, () => {
        if (this.#alive) task();
      }),
  };

  constructor(timeline: Timeline, wall: () => number) {
    this.#timeline = timeline;
    this.#wall = wall;
  }

  get alive(): boolean {
    return this.#alive;
  }

  kill(): void {
    this.#alive = false;
  }
}
