interface Slot {
  /** Triggers whose order is being looked up. */
  waiting: number;
  /** The latest of them that went on to the store. */
  gone: number;
}

/** One trigger on its way through the lookup of its order. */
export interface Arrival {
  /** Whether one that arrived later has gone before. */
  readonly overtaken: boolean;
  /** Whether others are on their way for the same slot. */
  readonly contested: boolean;
  /** Goes on to the store. The answer takes that back: nothing came of it. */
  go(): () => void;
  /** Is done, in whatever way. */
  leave(): void;
}

/**
 * The order in which triggers arrived for a slot. Looking up an order may take long: the worker who
 * scanned A and then B must not find A on the display because its lookup was the slower one.
 */
export class Arrivals {
  readonly #slots = new Map<string, Slot>();
  #count = 0;

  enter(key: string): Arrival {
    const place = ++this.#count;
    const slot = this.#slots.get(key) ?? { waiting: 0, gone: 0 };
    slot.waiting++;
    this.#slots.set(key, slot);
    return {
      get overtaken() {
        return slot.gone > place;
      },
      get contested() {
        return slot.waiting > 1;
      },
      go: () => {
        const before = slot.gone;
        slot.gone = Math.max(before, place);
        return () => {
          if (slot.gone === place) slot.gone = before;
        };
      },
      leave: () => {
        if (--slot.waiting === 0) this.#slots.delete(key);
      },
    };
  }
}
