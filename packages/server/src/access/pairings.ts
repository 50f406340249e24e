import { createHash, randomBytes } from 'node:crypto';
import { type Paired, type PairRequest, RemoteDisplayError } from '@remote-display/protocol';
import type { Clock } from '../engine/clock.ts';
import type { PairingStore, ScreenStore } from '../store/store.ts';
import type { Sessions } from './sessions.ts';

export interface PairingsOptions {
  /** How long a code is good, in ms. */
  ttlMs: number;
  pairings: PairingStore;
  screens: ScreenStore;
  sessions: Sessions;
  clock: Clock;
}

/** Pairing: a code, good once and for minutes, with which a station becomes a screen. */
export class Pairings {
  readonly #options: PairingsOptions;

  constructor(options: PairingsOptions) {
    this.#options = options;
  }

  async create(
    screenId: string,
    name = screenId,
    tags?: string[],
  ): Promise<{ token: string; expiresAt: number }> {
    const { pairings, clock, ttlMs } = this.#options;
    const token = randomBytes(32).toString('base64url');
    const expiresAt = clock.now() + ttlMs;
    await pairings.create({ hash: hashOf(token), screenId, name, expiresAt, tags });
    return { token, expiresAt };
  }

  /** Makes whoever holds the code the screen; throws `PAIRING_INVALID`. */
  async redeem({ screenId, token }: PairRequest): Promise<Paired> {
    const { pairings, screens, sessions, clock } = this.#options;
    const now = clock.now();
    const pairing = await pairings.redeem(hashOf(token), screenId, now);
    if (pairing === undefined) throw new RemoteDisplayError('PAIRING_INVALID');
    await screens.pair({ screenId, name: pairing.name, pairedAt: now, tags: pairing.tags });
    const tokens = await sessions.create({
      subject: screenId,
      role: 'device',
      screens: [screenId],
    });
    return { screenId, name: pairing.name, tokens };
  }
}

// 256 random bits need no salt; the store never learns the code itself.
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
