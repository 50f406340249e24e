import { isSettled } from '@remote-display/protocol';
import { type Command, type CommandDraft, fromDraft } from '../../engine/command.ts';
import {
  type Mark,
  mark,
  type Retry,
  retry,
  type Settlement,
  settle,
} from '../../engine/lifecycle.ts';
import { expiry, isOverdue, mayDecide, nextSeq, supersede } from '../rules.ts';
import type { Acceptance, CommandStore, Retention } from '../store.ts';
import { MemoryDeadLetters } from './memory-dead-letters.ts';

interface Key {
  commandId: string;
  fingerprint: string;
  expiresAt: number;
}

/** A screen's commands that have not ended, by slot: the only part that grows with the work at hand. */
type Unsettled = Map<string, Set<string>>;

/** The commands in memory. No operation pauses, so each is atomic. */
export class MemoryCommands implements CommandStore {
  readonly deadLetters = new MemoryDeadLetters();
  readonly #commands = new Map<string, Command>();
  readonly #unsettled = new Map<string, Unsettled>();
  readonly #holders = new Map<string, string>();
  readonly #keys = new Map<string, Key>();
  readonly #settled = new Set<string>();
  #seq = 0;

  newId(): string {
    return crypto.randomUUID();
  }

  async accept(draft: CommandDraft): Promise<Acceptance> {
    const known = this.#recall(draft.keys, draft.createdAt);
    if (known) {
      if (known.fingerprint !== draft.fingerprint) return { kind: 'conflict' };
      return { kind: 'repeated', command: known.command };
    }
    const redriven = draft.redriveOf && this.deadLetters.get(draft.redriveOf)?.redrivenAs;
    const first = redriven && this.#commands.get(redriven);
    if (first) return { kind: 'repeated', command: first };

    const { screenId, slot } = draft;
    const older = draft.queue === 'latest' ? this.#open(screenId, slot) : [];
    if (this.#depth(screenId) - older.length >= draft.maxUnsettled) return { kind: 'full' };
    this.#seq = nextSeq(this.#seq, draft.createdAt);
    const command = fromDraft(draft, this.#seq);
    const superseded = older.flatMap((each) => {
      const ended = settle(each, supersede(command));
      return ended ? [this.#keep(ended)] : [];
    });
    this.#keep(command);
    const { fingerprint, keyExpiresAt: expiresAt } = draft;
    for (const key of draft.keys)
      this.#keys.set(key, { commandId: command.id, fingerprint, expiresAt });
    if (draft.redriveOf !== undefined) this.deadLetters.redriven(draft.redriveOf, command.id);
    return { kind: 'accepted', command, superseded };
  }

  async find(id: string): Promise<Command | undefined> {
    return this.#commands.get(id);
  }

  async recall(keys: readonly string[], now: number) {
    return this.#recall(keys, now);
  }

  async hold(screenId: string, holder: string, limit: number): Promise<Command[]> {
    this.#holders.set(screenId, holder);
    return this.outbox(screenId, limit);
  }

  async holder(screenId: string): Promise<string | undefined> {
    return this.#holders.get(screenId);
  }

  async outbox(screenId: string, limit: number): Promise<Command[]> {
    return this.#open(screenId).slice(0, limit);
  }

  async mark(marks: Mark[]): Promise<void> {
    for (const news of marks) this.#move(news.id, (command) => mark(command, news));
  }

  async retry(id: string, failed: Retry): Promise<Command | undefined> {
    return this.#move(id, (command) =>
      this.#mayDecide(command, failed.holder) ? retry(command, failed) : undefined,
    );
  }

  async settle(id: string, settlement: Settlement) {
    const moved = this.#move(id, (command) =>
      this.#mayDecide(command, settlement.holder) ? settle(command, settlement) : undefined,
    );
    return { moved: moved !== undefined, command: this.#commands.get(id) };
  }

  async expire(now: number, graceMs: number, limit: number): Promise<Command[]> {
    const expired: Command[] = [];
    for (const slots of this.#unsettled.values()) {
      for (const id of [...slots.values()].flatMap((ids) => [...ids])) {
        if (expired.length >= limit) return expired;
        const command = this.#commands.get(id);
        if (!command || !isOverdue(command, now, graceMs)) continue;
        const ended = settle(command, expiry(now));
        if (ended) expired.push(this.#keep(ended));
      }
    }
    return expired;
  }

  async prune({ now, settledBefore, maxSettled, keepSince, limit }: Retention): Promise<number> {
    let pruned = 0;
    // Both are in the order in which they were put in, which is near enough the order of their end.
    for (const [key, { expiresAt }] of this.#keys) {
      if (expiresAt > now || pruned >= limit) break;
      this.#keys.delete(key);
      pruned++;
    }
    for (const id of this.#settled) {
      const settledAt = this.#commands.get(id)?.settledAt ?? 0;
      const isTooMany = this.#settled.size > maxSettled && settledAt < keepSince;
      if (pruned >= limit || !(settledAt < settledBefore || isTooMany)) break;
      this.#settled.delete(id);
      this.#commands.delete(id);
      pruned++;
    }
    return pruned;
  }

  // Without a pause: two accepts under one key must not both look before either has written.
  #recall(keys: readonly string[], now: number) {
    for (const key of keys) {
      const known = this.#keys.get(key);
      const command =
        known && known.expiresAt > now ? this.#commands.get(known.commandId) : undefined;
      if (known && command) return { command, fingerprint: known.fingerprint };
    }
    return undefined;
  }

  #open(screenId: string, slot?: string): Command[] {
    const slots = this.#unsettled.get(screenId);
    const ids =
      slot === undefined
        ? [...(slots?.values() ?? [])].flatMap((each) => [...each])
        : [...(slots?.get(slot) ?? [])];
    const commands = ids.flatMap((id) => this.#commands.get(id) ?? []);
    return commands.sort((a, b) => a.seq - b.seq);
  }

  #depth(screenId: string): number {
    let depth = 0;
    for (const ids of this.#unsettled.get(screenId)?.values() ?? []) depth += ids.size;
    return depth;
  }

  #mayDecide({ screenId }: Command, holder: string | undefined): boolean {
    return mayDecide(this.#holders.get(screenId), holder);
  }

  #move(id: string, change: (command: Command) => Command | undefined): Command | undefined {
    const command = this.#commands.get(id);
    const moved = command && change(command);
    return moved && this.#keep(moved);
  }

  #keep(command: Command): Command {
    const { id, screenId, slot } = command;
    this.#commands.set(id, command);
    const slots: Unsettled = this.#unsettled.get(screenId) ?? new Map();
    const ids = slots.get(slot) ?? new Set();
    if (isSettled(command.state)) {
      ids.delete(id);
      this.#settled.add(id);
      if (command.state === 'dead') this.deadLetters.add(command);
    } else ids.add(id);
    if (ids.size > 0) slots.set(slot, ids);
    else slots.delete(slot);
    if (slots.size > 0) this.#unsettled.set(screenId, slots);
    else this.#unsettled.delete(screenId);
    return command;
  }
}
