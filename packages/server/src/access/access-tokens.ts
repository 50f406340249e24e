import { RemoteDisplayError } from '@remote-display/protocol';
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../engine/clock.ts';
import type { Session } from '../store/store.ts';
import type { Identity } from './identity.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'remote-display';
const AUDIENCE = 'remote-display/access';
// Verifying costs more than the rest of a request, and most requests bring a token that was seen before.
const REMEMBERED = 20_000;

const claimsSchema = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1),
  role: z.enum(['device', 'operator', 'admin']),
  screens: z.union([z.literal('*'), z.array(z.string())]),
  exp: z.number(),
});

/** Signs and verifies access tokens, which are JWTs. */
export class AccessTokens {
  readonly #key: Uint8Array;
  readonly #ttlMs: number;
  readonly #clock: Clock;
  readonly #verified = new Map<string, Identity>();

  constructor(key: Uint8Array, ttlMs: number, clock: Clock) {
    this.#key = key;
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  /** A token with exactly the rights of the session. */
  async sign(session: Session): Promise<{ token: string; expiresAt: number }> {
    const now = this.#clock.now();
    // Claims count in seconds; rounded down, so that the token never outlives what we say.
    const exp = Math.floor((now + this.#ttlMs) / 1_000);
    const { id: sid, subject, role, screens } = session;
    const token = await new SignJWT({ sid, role, screens })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setSubject(subject)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(Math.floor(now / 1_000))
      .setExpirationTime(exp)
      .sign(this.#key);
    return { token, expiresAt: exp * 1_000 };
  }

  /** Who the token speaks for; throws `TOKEN_EXPIRED` or `TOKEN_INVALID`. */
  async verify(token: string): Promise<Identity> {
    const identity = this.#verified.get(token) ?? (await this.#verifyNew(token));
    if (identity.expiresAt <= this.#clock.now()) {
      this.#verified.delete(token);
      throw new RemoteDisplayError('TOKEN_EXPIRED');
    }
    return identity;
  }

  async #verifyNew(token: string): Promise<Identity> {
    const claims = parseClaims(await this.#payload(token));
    const identity: Identity = {
      sessionId: claims.sid,
      subject: claims.sub,
      role: claims.role,
      screens: claims.screens,
      expiresAt: claims.exp * 1_000,
    };
    const oldest =
      this.#verified.size >= REMEMBERED ? this.#verified.keys().next().value : undefined;
    if (oldest !== undefined) this.#verified.delete(oldest);
    this.#verified.set(token, identity);
    return identity;
  }

  async #payload(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        currentDate: new Date(this.#clock.now()),
      });
      return payload;
    } catch (cause) {
      const code = cause instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID';
      throw new RemoteDisplayError(code, { cause });
    }
  }
}

function parseClaims(payload: JWTPayload) {
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) throw new RemoteDisplayError('TOKEN_INVALID', { cause: claims.error });
  return claims.data;
}
