import { hkdfSync, randomBytes } from 'node:crypto';
import { RemoteDisplayError, type TokenPair } from '@remote-display/protocol';
import { idSchema, textSchema } from '@remote-display/protocol/schemas';
import { z } from 'zod';
import type { Clock } from '../engine/clock.ts';
import type { DomainEmitter } from '../engine/events.ts';
import type { Role, Session, SessionStore } from '../store/store.ts';
import { AccessTokens } from './access-tokens.ts';
import type { Identity } from './identity.ts';
import { RefreshTokens } from './refresh-tokens.ts';

/** What `sessions.create` takes. */
export const newSessionSchema = z.strictObject({
  subject: textSchema(128),
  role: z.enum(['operator', 'admin']),
  screens: z.union([z.literal('*'), z.array(idSchema).max(1_000)]),
});

/** For whom a session is made, and with which rights. */
export interface NewSession {
  /** The integrator's name for the user or program; audit and history speak of it. */
  subject: string;
  role: Role;
  /** The screens that it may reach: all, or these. */
  screens: '*' | string[];
}

export interface SessionsOptions {
  secret: string;
  /** In ms. */
  accessTtlMs: number;
  /** In ms, counted anew at each renewal. */
  refreshTtlMs: number;
  store: SessionStore;
  clock: Clock;
  events: DomainEmitter;
}

// An answer may be lost on its way, or two tabs may renew in the same second.
const GRACE_MS = 60_000;

/** Sessions: their tokens, their renewal with the same rights, their end. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #access: AccessTokens;
  readonly #refresh: RefreshTokens;
  // Session ids whose access tokens may not have expired yet, with the moment when they will have.
  readonly #revoked = new Map<string, number>();

  constructor(options: SessionsOptions) {
    const { secret, accessTtlMs, clock } = options;
    this.#options = options;
    this.#access = new AccessTokens(deriveKey(secret, 'access'), accessTtlMs, clock);
    this.#refresh = new RefreshTokens(deriveKey(secret, 'refresh'));
  }

  /** Learns which sessions were revoked before this process began. */
  async load(): Promise<void> {
    const { store, clock, accessTtlMs } = this.#options;
    const now = clock.now();
    for (const id of await store.revokedSince(now - accessTtlMs))
      this.#revoked.set(id, now + accessTtlMs);
  }

  /** Begins a session and answers its first tokens. */
  async create({ subject, role, screens }: NewSession): Promise<TokenPair> {
    const { store, clock, refreshTtlMs } = this.#options;
    const now = clock.now();
    const session: Session = {
      id: randomBytes(16).toString('hex'),
      subject,
      role,
      screens,
      createdAt: now,
      generation: 1,
      rotatedAt: now,
      expiresAt: now + refreshTtlMs,
    };
    await store.create(session);
    return this.#tokens(session);
  }

  /** New tokens for a refresh token; throws `TOKEN_INVALID`, or `SESSION_REVOKED` if it was used before. */
  async renew(refreshToken: string): Promise<TokenPair> {
    const { store, clock, refreshTtlMs } = this.#options;
    const { sessionId, generation } = this.#refresh.open(refreshToken);
    const now = clock.now();
    const rotated = await store.rotate(sessionId, {
      generation,
      now,
      graceMs: GRACE_MS,
      expiresAt: now + refreshTtlMs,
    });
    if (rotated.kind === 'rotated') return this.#tokens(rotated.session);
    if (rotated.kind === 'reused') this.#cutOff(sessionId);
    if (rotated.session?.revokedAt !== undefined) throw new RemoteDisplayError('SESSION_REVOKED');
    throw new RemoteDisplayError(rotated.session ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
  }

  /** Ends a session: its tokens are refused and its sockets closed. */
  async revoke(sessionId: string): Promise<void> {
    await this.#options.store.revoke(sessionId, this.#options.clock.now());
    this.#cutOff(sessionId);
  }

  /** Who an access token speaks for; throws `TOKEN_EXPIRED`, `TOKEN_INVALID` or `SESSION_REVOKED`. */
  async authenticate(token: string): Promise<Identity> {
    const identity = await this.#access.verify(token);
    if (this.#revoked.has(identity.sessionId)) throw new RemoteDisplayError('SESSION_REVOKED');
    return identity;
  }

  #cutOff(sessionId: string): void {
    const { clock, accessTtlMs, events } = this.#options;
    const now = clock.now();
    for (const [id, until] of this.#revoked) if (until <= now) this.#revoked.delete(id);
    this.#revoked.set(sessionId, now + accessTtlMs);
    events.emit('session.revoked', { sessionId });
  }

  async #tokens(session: Session): Promise<TokenPair> {
    const { token, expiresAt } = await this.#access.sign(session);
    return {
      accessToken: token,
      accessExpiresAt: expiresAt,
      refreshToken: this.#refresh.seal(session.id, session.generation),
      refreshExpiresAt: session.expiresAt,
      serverTime: this.#options.clock.now(),
    };
  }
}

// One secret, but never one key for two purposes.
function deriveKey(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `remote-display ${purpose}`, 32));
}
