import type { InboxRecord } from './inbox-storage.ts';

/** What is known of a slot. */
interface Slot {
  /** The latest command begun in it. */
  latest: number;
  ids: Set<string>;
  waiting: Set<string>;
}

/** It has neither ended here nor, as far as is known, at the server. */
export function isWaiting({ outcome, settled }: InboxRecord): boolean {
  return !outcome && !settled;
}

/** What the inbox remembers, by id and by slot: no look-up grows with how much that is. */
export class InboxRecords {
  readonly #unsettled = new Map<string, InboxRecord>();
  // The one settled first comes first.
  readonly #settled = new Map<string, InboxRecord>();
  readonly #slots = new Map<string, Slot>();
  readonly #maxSettled: number;

  constructor(maxSettled: number) {
    this.#maxSettled = maxSettled;
  }

  get(id: string): InboxRecord | undefined {
    return this.#unsettled.get(id) ?? this.#settled.get(id);
  }

  set(record: InboxRecord): void {
    const { id, slot, seq } = record.envelope;
    const here = this.#slots.get(slot) ?? { latest: 0, ids: new Set(), waiting: new Set() };
    this.#slots.set(slot, here);
    here.ids.add(id);
    if (record.begun > 0) here.latest = Math.max(here.latest, seq);
    if (isWaiting(record)) here.waiting.add(id);
    else here.waiting.delete(id);
    const [home, other] = record.settled
      ? [this.#settled, this.#unsettled]
      : [this.#unsettled, this.#settled];
    other.delete(id);
    home.set(id, record);
  }

  /** Nothing older than this is begun in the slot. */
  latest(slot: string): number {
    return this.#slots.get(slot)?.latest ?? 0;
  }

  /** The commands of a slot that have not ended. */
  waitingIn(slot: string): InboxRecord[] {
    const ids = [...(this.#slots.get(slot)?.waiting ?? [])];
    return ids.flatMap((id) => this.get(id) ?? []);
  }

  /** What the server does not know the end of, as far as is known here. */
  unsettled(): InboxRecord[] {
    return [...this.#unsettled.values()];
  }

  get unsettledCount(): number {
    return this.#unsettled.size;
  }

  /**
   * Forgets settled commands that could not be begun any more, or are too many. Answers their ids.
   * The latest of a slot stays: it may be tried again after all, where it is we who have the wrong
   * time, and it says that nothing before it may be begun.
   */
  forget(now: number): string[] {
    const ids: string[] = [];
    for (const [id, { envelope }] of this.#settled) {
      const areTooMany = this.#settled.size > this.#maxSettled;
      if (envelope.expiresAt > now && !areTooMany) break;
      if (!areTooMany && !this.#isSpare(envelope)) continue;
      this.#forget(envelope);
      ids.push(id);
    }
    return ids;
  }

  /** Forgets every settled command but the latest of each slot. Answers their ids. */
  makeRoom(): string[] {
    const spare = [...this.#settled.values()]
      .map(({ envelope }) => envelope)
      .filter((envelope) => this.#isSpare(envelope));
    for (const envelope of spare) this.#forget(envelope);
    return spare.map(({ id }) => id);
  }

  #isSpare({ slot, seq }: InboxRecord['envelope']): boolean {
    return seq < this.latest(slot);
  }

  // How far a slot has come is worth more than its commands, and costs less.
  #forget({ id, slot }: InboxRecord['envelope']): void {
    this.#settled.delete(id);
    const here = this.#slots.get(slot);
    here?.ids.delete(id);
    if (here?.ids.size === 0 && this.#slots.size > this.#maxSettled) this.#slots.delete(slot);
  }
}
