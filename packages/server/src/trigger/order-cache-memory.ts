import type { OrderDocument } from '@remote-display/protocol';
import type { OrderShelf } from './order-shelf.ts';

/** Answers in this process's memory: the one unused for longest makes room. */
export class MemoryShelf implements OrderShelf {
  readonly #maxEntries: number;
  // A Map remembers in what order its keys came: the first is the one unused for longest.
  readonly #entries = new Map<string, { document: OrderDocument; until: number }>();
  readonly #generations = new Map<string, number>();
  #epoch = 0;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get(key: string): OrderDocument | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.until <= performance.now()) return undefined;
    this.#entries.set(key, entry);
    return entry.document;
  }

  set(key: string, document: OrderDocument, lifeMs: number): void {
    this.#entries.delete(key);
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= this.#maxEntries)
      this.#entries.delete(oldest);
    this.#entries.set(key, { document, until: performance.now() + lifeMs });
  }

  remove(key: string): void {
    this.#entries.delete(key);
  }

  lifeLeft(key: string): number {
    return (this.#entries.get(key)?.until ?? 0) - performance.now();
  }

  generation(orderId: string): string {
    return `${this.#epoch}.${this.#generations.get(orderId) ?? 0}`;
  }

  renew(orderId: string): void {
    // A generation may not be forgotten while its order has entries. At the bound all are: that costs look-ups.
    if (this.#generations.size >= this.#maxEntries) {
      this.#epoch++;
      this.#generations.clear();
      this.#entries.clear();
    }
    this.#generations.set(orderId, (this.#generations.get(orderId) ?? 0) + 1);
  }
}
