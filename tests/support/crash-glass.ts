/** A wish has a slot and its place in it: the order in which its operator issued them. */
export interface WishName {
  slot: string;
  place: number;
}

/** The order of a wish, by which it is recognised on the glass. */
export function orderOf({ slot, place }: WishName): string {
  return `${slot}:${place}`;
}

export function wishOf(orderId: string): WishName {
  const at = orderId.lastIndexOf(':');
  return { slot: orderId.slice(0, at), place: Number(orderId.slice(at + 1)) };
}

/**
 * What people see: every run of a handler, in its order. It knows nothing of commands, so that two
 * commands made from one wish do not look right to it.
 */
export class Glass {
  readonly #shown = new Set<string>();
  // The latest place that was shown, by slot.
  readonly #latest = new Map<string, number>();
  readonly twice: string[] = [];
  readonly outOfOrder: string[] = [];
  runs = 0;

  begun(orderId: string): void {
    this.runs++;
    this.#look(orderId);
  }

  shown(orderId: string): void {
    this.#look(orderId);
    this.#shown.add(orderId);
    const { slot, place } = wishOf(orderId);
    this.#latest.set(slot, Math.max(place, this.#latest.get(slot) ?? -1));
  }

  has(orderId: string): boolean {
    return this.#shown.has(orderId);
  }

  /** How many wishes were shown. */
  get size(): number {
    return this.#shown.size;
  }

  #look(orderId: string): void {
    const { slot, place } = wishOf(orderId);
    if (this.#shown.has(orderId)) this.twice.push(orderId);
    else if (place < (this.#latest.get(slot) ?? -1)) this.outOfOrder.push(orderId);
  }
}
