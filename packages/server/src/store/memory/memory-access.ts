import { rotate } from '../rules.ts';
import type {
  Pairing,
  PairingStore,
  Screen,
  ScreenStore,
  Session,
  SessionStore,
} from '../store.ts';

export class MemoryScreens implements ScreenStore {
  readonly #screens = new Map<string, Screen>();

  async pair({ tags, ...screen }: Parameters<ScreenStore['pair']>[0]): Promise<void> {
    const known = this.#screens.get(screen.screenId);
    this.#screens.set(screen.screenId, {
      displays: known?.displays ?? [],
      tags: tags ?? known?.tags ?? [],
      ...screen,
    });
  }

  async update(
    screenId: string,
    { name, tags }: Parameters<ScreenStore['update']>[1],
  ): Promise<Screen | undefined> {
    const screen = this.#screens.get(screenId);
    if (!screen) return undefined;
    const changed = { ...screen, name: name ?? screen.name, tags: tags ?? screen.tags };
    this.#screens.set(screenId, changed);
    return changed;
  }

  async tagged(tag: string, limit: number): Promise<string[]> {
    return [...this.#screens.values()]
      .filter(({ tags }) => tags.includes(tag))
      .map(({ screenId }) => screenId)
      .slice(0, limit);
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

export class MemorySessions implements SessionStore {
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

export class MemoryPairings implements PairingStore {
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
