import type { Moment } from './clock.ts';
import type { Command } from './command.ts';
import { type Mark, mark } from './lifecycle.ts';

interface Entry {
  command: Command;
  /** In flight until this moment, monotonic; `undefined` while it waits. */
  deadline: number | undefined;
  /** Not sent before this moment, monotonic: a retry waits here. */
  readyAt: number;
  /** Not sent while someone is calling it off. */
  withheld: boolean;
}

export interface OutboxOptions {
  /** How long a device may take to confirm receipt, in ms. */
  receiptTimeoutMs: number;
  /** How long a device may take from receipt to outcome, in ms. */
  outcomeTimeoutMs: number;
  /** How many commands of one screen may be in flight at once. */
  window: number;
}

const REMEMBERED = 16;

/** What changed here while the store was being read: it is known better than what was read. */
interface Reading {
  added: Set<string>;
  ended: Set<string>;
}

/**
 * The commands of one screen that have not ended, in order, as the node that holds the screen's
 * connection sees them. The store is the truth; this makes it fast. Only the first command of a
 * slot is ever in flight, so a slot's order holds through retries.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #entries = new Map<string, Entry>();
  // By slot, each in the order of acceptance.
  readonly #slots = new Map<string, Entry[]>();
  readonly #inFlight = new Set<Entry>();
  readonly #readings = new Set<Reading>();
  // What has just ended stays out, in whatever order the news of it come.
  readonly #ended: string[] = [];

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * Takes over what `read` finds in the store. Answers the commands that have ended elsewhere: they
   * were here and are not in the store's outbox any more.
   */
  async load(read: () => Promise<Command[]>, now: () => Moment): Promise<string[]> {
    const reading: Reading = { added: new Set(), ended: new Set() };
    this.#readings.add(reading);
    try {
      const commands = await read();
      const open = new Set(commands.map(({ id }) => id));
      for (const command of commands) {
        if (reading.ended.has(command.id)) continue;
        if (this.#isBehind(command)) this.requeue(command, now());
        else this.add(command, now());
      }
      const gone = [...this.#entries.keys()].filter(
        (id) => !open.has(id) && !reading.added.has(id),
      );
      for (const id of gone) this.remove(id);
      return gone;
    } finally {
      this.#readings.delete(reading);
    }
  }

  get(id: string): Command | undefined {
    return this.#entries.get(id)?.command;
  }

  /** It is here, or has just ended. */
  knows(id: string): boolean {
    return this.#entries.has(id) || this.#ended.includes(id);
  }

  add(command: Command, now: Moment): void {
    if (this.knows(command.id)) return;
    for (const { added } of this.#readings) added.add(command.id);
    const readyAt = now.ticks + waitOf(command, now.wall);
    const entry: Entry = { command, deadline: undefined, readyAt, withheld: false };
    this.#entries.set(command.id, entry);
    const slot = this.#slots.get(command.slot) ?? [];
    let place = slot.length;
    while (place > 0 && (slot[place - 1]?.command.seq ?? 0) > command.seq) place--;
    slot.splice(place, 0, entry);
    this.#slots.set(command.slot, slot);
  }

  remove(id: string): boolean {
    for (const { ended } of this.#readings) ended.add(id);
    if (this.#ended.push(id) > REMEMBERED) this.#ended.shift();
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    this.#entries.delete(id);
    this.#inFlight.delete(entry);
    const { slot } = entry.command;
    const left = (this.#slots.get(slot) ?? []).filter((each) => each !== entry);
    if (left.length > 0) this.#slots.set(slot, left);
    else this.#slots.delete(slot);
    return true;
  }

  /** An attempt failed: the command waits for its next one. */
  requeue(command: Command, now: Moment): void {
    const entry = this.#entries.get(command.id);
    // Late word about an attempt when the next one is under way changes nothing.
    if (entry === undefined || command.attempt < entry.command.attempt) return;
    entry.command = command;
    entry.deadline = undefined;
    entry.readyAt = now.ticks + waitOf(command, now.wall);
    this.#inFlight.delete(entry);
  }

  /** The device says that it has the command already: await its outcome instead of sending it again. */
  adopt(id: string, attempt: number, now: Moment): Mark | undefined {
    return this.#receive(id, Math.max(attempt, this.get(id)?.attempt ?? 0), now);
  }

  /** Notes a receipt and answers the mark to keep, if it was news. */
  received(id: string, attempt: number, now: Moment): Mark | undefined {
    return this.#entries.get(id)?.deadline === undefined
      ? undefined
      : this.#receive(id, attempt, now);
  }

  isInFlight(id: string): boolean {
    return this.#entries.get(id)?.deadline !== undefined;
  }

  /** Does not send a command until the answer is called. */
  withhold(id: string): () => void {
    const entry = this.#entries.get(id);
    if (entry) entry.withheld = true;
    return () => {
      if (entry) entry.withheld = false;
    };
  }

  /** Takes what may be sent now, marked as dispatched: the higher priority first, then in order. */
  take(now: Moment): Command[] {
    const room = this.#options.window - this.#inFlight.size;
    const ready = this.#heads(now.wall).filter(
      ({ readyAt, withheld }) => readyAt <= now.ticks && !withheld,
    );
    ready.sort(({ command: a }, { command: b }) => b.priority - a.priority || a.seq - b.seq);
    return ready.slice(0, Math.max(0, room)).map((entry) => {
      const { command } = entry;
      // Sent before on another connection: the same attempt, since nothing has failed.
      const attempt = command.state === 'queued' ? command.attempt + 1 : command.attempt;
      const news: Mark = { id: command.id, state: 'dispatched', attempt, at: now.wall };
      entry.command = mark(command, news) ?? command;
      entry.deadline = now.ticks + this.#options.receiptTimeoutMs;
      this.#inFlight.add(entry);
      return entry.command;
    });
  }

  /** Commands in flight whose device has been silent for too long. */
  silent(now: Moment): Command[] {
    return [...this.#inFlight]
      .filter(({ deadline = Infinity }) => deadline <= now.ticks)
      .map(({ command }) => command);
  }

  /** Gives a silent device's command more time, while its failure is being noted. */
  extend(id: string, now: Moment): void {
    const entry = this.#entries.get(id);
    if (entry?.deadline !== undefined) entry.deadline = now.ticks + this.#options.outcomeTimeoutMs;
  }

  /** How long until something is due, in ms. What only expires is found by the sweep. */
  untilDue(now: Moment): number | undefined {
    let next = Infinity;
    for (const { deadline = Infinity } of this.#inFlight) next = Math.min(next, deadline);
    for (const { readyAt } of this.#heads(now.wall)) {
      // What could have been sent by now was: it waits for a place.
      if (readyAt > now.ticks) next = Math.min(next, readyAt);
    }
    return next === Infinity ? undefined : Math.max(0, next - now.ticks);
  }

  /** The commands in it, in no particular order. */
  commands(): Command[] {
    return [...this.#entries.values()].map(({ command }) => command);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How many commands are in flight. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  // The store has it that this attempt failed, and no word of that came: it waits for the next one.
  #isBehind({ id, state, attempt }: Command): boolean {
    const known = this.get(id);
    return known !== undefined && state === 'queued' && attempt > 0 && known.attempt <= attempt;
  }

  #receive(id: string, attempt: number, now: Moment): Mark | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    entry.deadline = now.ticks + this.#options.outcomeTimeoutMs;
    this.#inFlight.add(entry);
    const news: Mark = { id, state: 'received', attempt: Math.max(1, attempt), at: now.wall };
    const moved = mark(entry.command, news);
    if (moved === undefined) return undefined;
    entry.command = moved;
    return news;
  }

  // The first command of each slot that has none in flight. One whose time is over is passed by:
  // the sweep ends it.
  #heads(wall: number): Entry[] {
    const heads: Entry[] = [];
    for (const slot of this.#slots.values()) {
      const head = slot.find(
        ({ command, deadline }) => deadline !== undefined || command.expiresAt > wall,
      );
      if (head !== undefined && head.deadline === undefined) heads.push(head);
    }
    return heads;
  }
}

// What was on its way before waits no more. And a clock that was set back since the failure must not
// make the wait longer than it was meant to be.
function waitOf({ state, notBefore, createdAt, history }: Command, wall: number): number {
  if (state !== 'queued') return 0;
  const meant = notBefore - (history.at(-1)?.at ?? createdAt);
  return Math.max(0, Math.min(notBefore - wall, meant));
}
