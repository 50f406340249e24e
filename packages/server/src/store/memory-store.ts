import { isSettled } from '@remote-display/protocol';
import { type Command, type CommandDraft, fromDraft } from '../engine/command.ts';
import {
  type Mark,
  mark,
  type Retry,
  retry,
  type Settlement,
  settle,
} from '../engine/lifecycle.ts';
import { isOverdue, rotate, supersede } from './rules.ts';
import type {
  Acceptance,
  CommandStore,
  Pairing,
  PairingStore,
  Screen,
  ScreenStore,
  Session,
  SessionStore,
  Store,
} from './store.ts';

/**
 * Keeps everything in this process and forgets it when the process ends. For tests, and for trying
 * things out: a restart loses every command that has not ended.
 */
export function memoryStore(): Store {
  return {
    shared: false,
    open: async () => {},
    close: async () => {},
    check: async () => {},
    commands: new MemoryCommands(),
    screens: new MemoryScreens(),
    sessions: new MemorySessions(),
    pairings: new MemoryPairings(),
  };
}

interface Key {
  commandId: string;
  fingerprint: string;
  expiresAt: number;
}

class MemoryCommands implements CommandStore {
  readonly #commands = new Map<string, Command>();
  // What has not ended, by screen: the only part that grows with the work at hand.
  readonly #unsettled = new Map<string, Set<string>>();
  readonly #keys = new Map<string, Key>();
  readonly #settled = new Set<string>();
  #seq = 0;

  async accept(draft: CommandDraft): Promise<Acceptance> {
    const known = this.#recall(draft.key, draft.createdAt);
    if (known) {
      if (known.fingerprint !== draft.fingerprint) return { kind: 'conflict' };
      return { kind: 'repeated', command: known.command };
    }
    const command = fromDraft(draft, ++this.#seq);
    const superseded: Command[] = [];
    for (const older of this.#open(draft.screenId)) {
      if (older.slot !== draft.slot) continue;
      const ended = settle(older, supersede(command));
      if (ended) superseded.push(this.#keep(ended));
    }
    this.#keep(command);
    const { fingerprint, keyExpiresAt: expiresAt } = draft;
    this.#keys.set(draft.key, { commandId: command.id, fingerprint, expiresAt });
    return { kind: 'accepted', command, superseded };
  }

  async find(id: string): Promise<Command | undefined> {
    return this.#commands.get(id);
  }

  async recall(key: string, now: number) {
    return this.#recall(key, now);
  }

  // Without a pause: two accepts under one key must not both look before either has written.
  #recall(key: string, now: number) {
    const known = this.#keys.get(key);
    const command =
      known && known.expiresAt > now ? this.#commands.get(known.commandId) : undefined;
    return known && command ? { command, fingerprint: known.fingerprint } : undefined;
  }

  async outbox(screenId: string, limit: number): Promise<Command[]> {
    return this.#open(screenId).slice(0, limit);
  }

  async mark(marks: Mark[]): Promise<void> {
    for (const news of marks) this.#move(news.id, (command) => mark(command, news));
  }

  async retry(id: string, failed: Retry): Promise<Command | undefined> {
    return this.#move(id, (command) => retry(command, failed));
  }

  async settle(id: string, settlement: Settlement) {
    const moved = this.#move(id, (command) => settle(command, settlement));
    return { moved: moved !== undefined, command: this.#commands.get(id) };
  }

  async expire(now: number, graceMs: number, limit: number): Promise<Command[]> {
    const expired: Command[] = [];
    for (const ids of this.#unsettled.values()) {
      for (const id of ids) {
        if (expired.length >= limit) return expired;
        const command = this.#commands.get(id);
        if (!command || !isOverdue(command, now, graceMs)) continue;
        const ended = settle(command, {
          state: 'expired',
          at: now,
          error: { code: 'COMMAND_EXPIRED' },
        });
        if (ended) expired.push(this.#keep(ended));
      }
    }
    return expired;
  }

  async prune(settledBefore: number, now: number, limit: number): Promise<number> {
    let pruned = 0;
    // Both are in the order in which they were put in, which is near enough the order of their end.
    for (const [key, { expiresAt }] of this.#keys) {
      if (expiresAt > now || pruned >= limit) break;
      this.#keys.delete(key);
      pruned++;
    }
    for (const id of this.#settled) {
      const command = this.#commands.get(id);
      if (pruned >= limit || (command?.settledAt ?? 0) >= settledBefore) break;
      this.#settled.delete(id);
      this.#commands.delete(id);
      pruned++;
    }
    return pruned;
  }

  #open(screenId: string): Command[] {
    const ids = [...(this.#unsettled.get(screenId) ?? [])];
    return ids.flatMap((id) => this.#commands.get(id) ?? []);
  }

  #move(id: string, change: (command: Command) => Command | undefined): Command | undefined {
    const command = this.#commands.get(id);
    const moved = command && change(command);
    return moved && this.#keep(moved);
  }

  #keep(command: Command): Command {
    const { id, screenId } = command;
    this.#commands.set(id, command);
    const ids = this.#unsettled.get(screenId) ?? new Set();
    if (isSettled(command.state)) {
      ids.delete(id);
      this.#settled.add(id);
    } else ids.add(id);
    if (ids.size > 0) this.#unsettled.set(screenId, ids);
    else this.#unsettled.delete(screenId);
    return command;
  }
}

class MemoryScreens implements ScreenStore {
  readonly #screens = new Map<string, Screen>();

  async pair(screen: Pick<Screen, 'screenId' | 'name' | 'pairedAt'>): Promise<void> {
    const displays = this.#screens.get(screen.screenId)?.displays ?? [];
    this.#screens.set(screen.screenId, { displays, ...screen });
  }

  async seen(
    screenId: string,
    { at, displays }: Parameters<ScreenStore['seen']>[1],
  ): Promise<void> {
    const screen = this.#screens.get(screenId);
    if (!screen) return;
    this.#screens.set(screenId, {
      ...screen,
      lastSeenAt: at,
      displays: displays ?? screen.displays,
    });
  }

  async find(screenId: string): Promise<Screen | undefined> {
    return this.#screens.get(screenId);
  }

  async list(after: string, limit: number): Promise<Screen[]> {
    return [...this.#screens.values()]
      .filter(({ screenId }) => screenId > after)
      .sort((a, b) => (a.screenId < b.screenId ? -1 : 1))
      .slice(0, limit);
  }
}

class MemorySessions implements SessionStore {
  readonly #sessions = new Map<string, Session>();

  async create(session: Session): Promise<void> {
    for (const [id, { expiresAt }] of this.#sessions) {
      if (expiresAt <= session.createdAt) this.#sessions.delete(id);
    }
    this.#sessions.set(session.id, session);
  }

  async rotate(id: string, rotation: Parameters<SessionStore['rotate']>[1]) {
    const rotated = rotate(this.#sessions.get(id), rotation);
    if (rotated.session) this.#sessions.set(id, rotated.session);
    return rotated;
  }

  async revoke(id: string, at: number): Promise<Session | undefined> {
    const session = this.#sessions.get(id);
    if (!session || session.revokedAt !== undefined) return undefined;
    const revoked = { ...session, revokedAt: at };
    this.#sessions.set(id, revoked);
    return revoked;
  }

  async revokedSince(at: number): Promise<string[]> {
    return [...this.#sessions.values()].filter((s) => (s.revokedAt ?? -1) >= at).map((s) => s.id);
  }
}

class MemoryPairings implements PairingStore {
  readonly #pairings = new Map<string, Pairing>();

  async create(pairing: Pairing): Promise<void> {
    this.#pairings.set(pairing.hash, pairing);
  }

  async redeem(hash: string, screenId: string, now: number): Promise<Pairing | undefined> {
    const pairing = this.#pairings.get(hash);
    for (const [key, { expiresAt }] of this.#pairings)
      if (expiresAt <= now) this.#pairings.delete(key);
    if (pairing?.screenId !== screenId || pairing.expiresAt <= now) return undefined;
    this.#pairings.delete(hash);
    return pairing;
  }
}
