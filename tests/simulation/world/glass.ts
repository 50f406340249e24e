import type { CommandEnvelope } from '@remote-display/protocol';
import type { History } from './history.ts';

/** The displays of one station: what really stands on them. */
export class Glass {
  readonly #history: History;
  readonly #station: string;
  // By display, the command whose document stands there.
  readonly #standing = new Map<number, string>();

  constructor(history: History, station: string) {
    this.#history = history;
    this.#station = station;
  }

  paint({ id, slot, payload }: CommandEnvelope): void {
    this.#standing.set(payload.displayIndex, id);
    this.#history.note({ kind: 'painted', station: this.#station, id, slot });
  }

  shows({ id, payload }: CommandEnvelope): boolean {
    return this.#standing.get(payload.displayIndex) === id;
  }

  /** It was painted, but is not going to be reported as shown. */
  withdraw({ id, payload }: CommandEnvelope): void {
    // As with the real kit, what may not have been right does not count as standing there.
    if (this.#standing.get(payload.displayIndex) === id)
      this.#standing.delete(payload.displayIndex);
    this.#history.note({ kind: 'withdrawn', station: this.#station, id });
  }

  goDark(): void {
    this.#standing.clear();
    this.#history.note({ kind: 'dark', station: this.#station });
  }
}
