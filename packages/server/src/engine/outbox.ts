import type { Command } from './command.ts';
import { type Mark, mark } from './lifecycle.ts';

interface Entry {
  command: Command;
  /** In flight until this moment; `undefined` while it waits. */
  deadline: number | undefined;
}

export interface OutboxOptions {
  /** How long a device may take to confirm receipt, in ms. */
  receiptTimeoutMs: number;
  /** How long a device may take from receipt to outcome, in ms. */
  outcomeTimeoutMs: number;
  /** How many commands of one screen may be in flight at once. */
  window: number;
}

/**
 * The commands of one screen that have not ended, in order, as the node that holds the screen's
 * connection sees them. The store is the truth; this makes it fast. Only the first command of a
 * slot is ever in flight, so a slot's order holds through retries.
 */
export class Outbox {
  readonly #entries = new Map<string, Entry>();
  readonly #options: OutboxOptions;
  // Ids that ended while the store was still being read.
  readonly #ended = new Set<string>();
  #loaded = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Takes over what the store had; what was added or ended meanwhile is known better here. */
  load(commands: readonly Command[]): void {
    for (const command of commands) if (!this.#ended.has(command.id)) this.add(command);
    this.#loaded = true;
    this.#ended.clear();
  }

  get(id: string): Command | undefined {
    return this.#entries.get(id)?.command;
  }

  add(command: Command): void {
    if (!this.#entries.has(command.id))
      this.#entries.set(command.id, { command, deadline: undefined });
  }

  remove(id: string): boolean {
    if (!this.#loaded) this.#ended.add(id);
    return this.#entries.delete(id);
  }

  /** An attempt failed: the command waits for its next one. */
  requeue(command: Command): void {
    if (this.#entries.has(command.id))
      this.#entries.set(command.id, { command, deadline: undefined });
  }

  /** The device says that it has the command already: await its outcome instead of sending it again. */
  adopt(id: string, attempt: number, now: number): Mark | undefined {
    return this.received(id, Math.max(attempt, this.get(id)?.attempt ?? 0), now, true);
  }

  /** Notes a receipt and answers the mark to keep, if it was news. */
  received(id: string, attempt: number, now: number, adopted = false): Mark | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || (entry.deadline === undefined && !adopted)) return undefined;
    entry.deadline = now + this.#options.outcomeTimeoutMs;
    const news: Mark = { id, state: 'received', attempt: Math.max(1, attempt), at: now };
    const moved = mark(entry.command, news);
    if (moved === undefined) return undefined;
    entry.command = moved;
    return news;
  }

  /** Takes what may be sent now, marked as dispatched. */
  take(now: number): Command[] {
    const taken: Command[] = [];
    let inFlight = 0;
    for (const { deadline } of this.#entries.values()) if (deadline !== undefined) inFlight++;
    for (const entry of this.#heads()) {
      if (inFlight + taken.length >= this.#options.window) break;
      const { command, deadline } = entry;
      if (deadline !== undefined || command.notBefore > now || command.expiresAt <= now) continue;
      // Sent before on another connection: the same attempt, since nothing has failed.
      const attempt = command.state === 'queued' ? command.attempt + 1 : command.attempt;
      entry.command =
        mark(command, { id: command.id, state: 'dispatched', attempt, at: now }) ?? command;
      entry.deadline = now + this.#options.receiptTimeoutMs;
      taken.push(entry.command);
    }
    return taken;
  }

  /** What time has overtaken: commands that waited too long, and devices that stay silent. */
  overdue(now: number): { expired: Command[]; silent: Command[] } {
    const expired: Command[] = [];
    const silent: Command[] = [];
    for (const { command, deadline } of this.#entries.values()) {
      if (deadline === undefined) {
        if (command.expiresAt <= now) expired.push(command);
      } else if (deadline <= now) silent.push(command);
    }
    return { expired, silent };
  }

  /** Gives a silent device's command more time, while its failure is being noted. */
  extend(id: string, now: number): void {
    const entry = this.#entries.get(id);
    if (entry?.deadline !== undefined) entry.deadline = now + this.#options.outcomeTimeoutMs;
  }

  /** The next moment after `now` at which something is due. */
  nextWake(now: number): number | undefined {
    let next: number | undefined;
    const heads = new Set(this.#heads());
    for (const entry of this.#entries.values()) {
      const { command, deadline } = entry;
      // What could have been sent by now was: it waits for a place, and only its expiry is due.
      const waits = heads.has(entry) && command.notBefore > now;
      const due = deadline ?? Math.min(command.expiresAt, waits ? command.notBefore : Infinity);
      if (next === undefined || due < next) next = due;
    }
    return next;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How many commands are in flight. */
  get inFlight(): number {
    let count = 0;
    for (const { deadline } of this.#entries.values()) if (deadline !== undefined) count++;
    return count;
  }

  // The first command of each slot, in the order of acceptance.
  #heads(): Entry[] {
    const heads = new Map<string, Entry>();
    for (const entry of this.#entries.values()) {
      const head = heads.get(entry.command.slot);
      if (head === undefined || entry.command.seq < head.command.seq)
        heads.set(entry.command.slot, entry);
    }
    return [...heads.values()].sort((a, b) => a.command.seq - b.command.seq);
  }
}
