import { rotate } from '../rules.ts';
import type { Pairing, PairingStore, Rotated, Rotation, Session, SessionStore } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import type { Layout } from './layout.ts';
import { unavailable } from './redis-errors.ts';
import { REPLACE } from './scripts/replace.ts';

const DAY_MS = 86_400_000;
// Long after the last access token of a revoked session has ended.
const LISTED_MS = 30 * DAY_MS;
const MAX_TRIES = 1_000;

/** The sessions in Redis. They go a day after their end, so that a late use is told what happened. */
export class RedisSessions implements SessionStore {
  readonly #redis: RedisConnection;
  readonly #layout: Layout;

  constructor(redis: RedisConnection, layout: Layout) {
    this.#redis = redis;
    this.#layout = layout;
  }

  async create(session: Session): Promise<void> {
    const ttl = session.expiresAt - session.createdAt + DAY_MS;
    const text = JSON.stringify(session);
    await this.#redis.run((client) => client.set(this.#key(session.id), text, 'PX', ttl));
  }

  async rotate(id: string, rotation: Rotation): Promise<Rotated> {
    return this.#change(id, rotation.now, (session) => rotate(session, rotation));
  }

  async revoke(id: string, at: number): Promise<Session | undefined> {
    const { session } = await this.#change(id, at, (current) => {
      if (current === undefined || current.revokedAt !== undefined) return { session: undefined };
      return { session: { ...current, revokedAt: at } };
    });
    return session;
  }

  async revokedSince(at: number): Promise<string[]> {
    return this.#redis.run((client) =>
      client.zrangebyscore(this.#layout.access('revoked'), at, '+inf'),
    );
  }

  /** Applies a rule to the session as it is; if another was faster, to the session as it is then. */
  async #change<T extends { session: Session | undefined }>(
    id: string,
    now: number,
    rule: (session: Session | undefined) => T,
  ): Promise<T> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const before = await this.#redis.run((client) => client.get(this.#key(id)));
      const current: Session | undefined = before === null ? undefined : JSON.parse(before);
      const changed = rule(current);
      if (before === null || changed.session === undefined || changed.session === current)
        return changed;
      if (await this.#replace(before, changed.session, now)) return changed;
    }
    throw unavailable('too many change this session at once');
  }

  async #replace(before: string, session: Session, now: number): Promise<boolean> {
    const { id, expiresAt, revokedAt = '' } = session;
    const ttl = Math.max(1, expiresAt - now) + DAY_MS;
    const keys = [this.#key(id), this.#layout.access('revoked')];
    const args = [before, JSON.stringify(session), ttl, id, revokedAt, now - LISTED_MS];
    // Not sent again: it would lose to itself, and the rule would see the token used twice.
    return (await this.#redis.script(REPLACE, keys, args, true)) === 1;
  }

  #key(id: string): string {
    return this.#layout.access(`session:${id}`);
  }
}

/** The pairings in Redis. */
export class RedisPairings implements PairingStore {
  readonly #redis: RedisConnection;
  readonly #layout: Layout;

  constructor(redis: RedisConnection, layout: Layout) {
    this.#redis = redis;
    this.#layout = layout;
  }

  async create(pairing: Pairing): Promise<void> {
    const text = JSON.stringify(pairing);
    // Only so that it goes some day: whether it is over, redeem says, by its caller's clock.
    const ttl = Math.max(0, pairing.expiresAt - Date.now()) + DAY_MS;
    await this.#redis.run((client) => client.set(this.#key(pairing.hash), text, 'PX', ttl));
  }

  async redeem(hash: string, screenId: string, now: number): Promise<Pairing | undefined> {
    const text = await this.#redis.run((client) => client.get(this.#key(hash)));
    const pairing: Pairing | undefined = text === null ? undefined : JSON.parse(text);
    if (pairing?.screenId !== screenId || pairing.expiresAt <= now) return undefined;
    // Whoever takes it away has it. Not sent again: it would find what it took itself gone.
    const taken = await this.#redis.run((client) => client.del(this.#key(hash)), true);
    return taken === 1 ? pairing : undefined;
  }

  #key(hash: string): string {
    return this.#layout.access(`pairing:${hash}`);
  }
}
