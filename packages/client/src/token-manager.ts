import { RemoteDisplayError, type TokenPair } from '@remote-display/protocol';
import { EventEmitter } from 'eventemitter3';
import { backoff, type Clock, systemClock } from './clock.ts';
import { type Fetch, requestJson } from './http.ts';

/** Where tokens outlive the page or worker. */
export interface TokenStorage {
  load(): Promise<TokenPair | undefined>;
  /** `undefined` forgets them. */
  save(tokens: TokenPair | undefined): Promise<void>;
}

export interface TokenManagerOptions {
  /** The server's address, such as `https://display.example.com`. */
  serverUrl: string;
  /** The tokens to begin with; what `storage` holds is used without them. */
  tokens?: TokenPair;
  /** Default: tokens live as long as this object. */
  storage?: TokenStorage;
  /** The server's base path. Default `/api`. */
  basePath?: string;
  fetch?: Fetch;
  clock?: Clock;
  random?: () => number;
}

export interface TokenManagerEvents {
  /** There are new tokens. */
  renewed: [tokens: TokenPair];
  /** The session has ended: nothing but signing in or pairing again helps. */
  lost: [error: RemoteDisplayError];
}

/** Tokens, and when we got them by both our clocks. */
interface Held {
  tokens: TokenPair;
  wall: number;
  monotonic: number;
}

const LEEWAY_MS = 60_000;
// A machine that slept or whose clock jumped is noticed within this time.
const CHECK_MS = 30_000;
const REQUEST_TIMEOUT_MS = 10_000;
// These say that the session is over; everything else may pass.
const ENDS = ['TOKEN_EXPIRED', 'TOKEN_INVALID', 'SESSION_REVOKED', 'UNAUTHENTICATED', 'FORBIDDEN'];

/**
 * The one place that holds a session's tokens. It renews them one minute before they expire by the
 * server's clock, once for however many callers, and again after a sleep or a jump of the clock.
 *
 * @example
 * ```ts
 * const tokens = new TokenManager({ serverUrl, tokens: await signIn() });
 * await fetch(url, { headers: { authorization: `Bearer ${await tokens.token()}` } });
 * ```
 */
export class TokenManager extends EventEmitter<TokenManagerEvents> {
  readonly #options: TokenManagerOptions;
  readonly #clock: Clock;
  #held: Held | undefined;
  #loading: Promise<void> | undefined;
  #renewing: Promise<string> | undefined;
  #cancelCheck: () => void = () => {};
  #failures = 0;
  #stopped = false;

  constructor(options: TokenManagerOptions) {
    super();
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** An access token that is good for at least another minute; throws `UNAUTHENTICATED` where there is none, or why it could not be renewed. */
  async token(): Promise<string> {
    const { tokens } = await this.#current();
    if (!this.#isDue()) return tokens.accessToken;
    try {
      return await this.renew();
    } catch (error) {
      // The last minute is there for just this: the server may be away for a moment.
      if (this.#left() > 0 && RemoteDisplayError.wrap(error).retryable) return tokens.accessToken;
      throw error;
    }
  }

  /** Renews now; callers that come meanwhile share the one renewal. */
  renew(): Promise<string> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
      this.#scheduleCheck();
    });
    return this.#renewing;
  }

  /** Begins a session with these tokens. */
  async set(tokens: TokenPair): Promise<void> {
    this.#loading = Promise.resolve();
    this.#hold(tokens, this.#clock.now());
    await this.#options.storage?.save(tokens);
    this.emit('renewed', tokens);
  }

  /** Forgets the session. */
  async clear(): Promise<void> {
    this.#loading = Promise.resolve();
    this.#held = undefined;
    this.#cancelCheck();
    await this.#options.storage?.save(undefined);
  }

  /** Renews no more by itself. */
  stop(): void {
    this.#stopped = true;
    this.#cancelCheck();
  }

  async #current(): Promise<Held> {
    this.#loading ??= this.#load();
    await this.#loading;
    if (this.#held === undefined) throw new RemoteDisplayError('UNAUTHENTICATED');
    return this.#held;
  }

  async #load(): Promise<void> {
    const { tokens, storage } = this.#options;
    const stored = tokens ?? (await storage?.load());
    if (stored === undefined) return;
    // Of stored tokens we know only when the server made them; of our clock, that it may be wrong.
    this.#hold(stored, tokens ? this.#clock.now() : Math.min(stored.serverTime, this.#clock.now()));
    if (tokens) await storage?.save(tokens);
  }

  #hold(tokens: TokenPair, wall: number): void {
    this.#held = { tokens, wall, monotonic: this.#clock.monotonic() };
    this.#scheduleCheck();
  }

  async #renew(): Promise<string> {
    const {
      serverUrl,
      basePath = '/api',
      storage,
      fetch = globalThis.fetch.bind(globalThis),
    } = this.#options;
    const held = await this.#current();
    let tokens: TokenPair;
    try {
      tokens = await requestJson<TokenPair>({
        fetch,
        url: `${serverUrl}${basePath}/auth/refresh`,
        method: 'POST',
        body: { refreshToken: held.tokens.refreshToken },
        timeoutMs: REQUEST_TIMEOUT_MS,
      });
    } catch (error) {
      this.#failures++;
      const known = RemoteDisplayError.wrap(error);
      if (ENDS.includes(known.code) && this.#held === held) {
        await this.clear();
        this.emit('lost', known);
      }
      throw known;
    }
    this.#failures = 0;
    // Someone signed in anew meanwhile: theirs are the tokens now.
    if (this.#held !== held) return (await this.#current()).tokens.accessToken;
    this.#hold(tokens, this.#clock.now());
    await storage?.save(tokens);
    this.emit('renewed', tokens);
    return tokens.accessToken;
  }

  /** How long the access token is still good, in ms, by the most careful reading of our clocks. */
  #left(): number {
    if (this.#held === undefined) return 0;
    const { tokens, wall, monotonic } = this.#held;
    // Set back, the wall clock stands still for us; asleep, the monotonic one does. Whichever saw more time pass is right.
    const elapsed = Math.max(this.#clock.now() - wall, this.#clock.monotonic() - monotonic, 0);
    return tokens.accessExpiresAt - tokens.serverTime - elapsed;
  }

  #isDue(): boolean {
    return this.#left() <= this.#leeway();
  }

  // Of a token that lives shorter than a few minutes, a minute would be too large a part.
  #leeway(): number {
    const { accessExpiresAt = 0, serverTime = 0 } = this.#held?.tokens ?? {};
    return Math.min(LEEWAY_MS, (accessExpiresAt - serverTime) / 3);
  }

  #scheduleCheck(): void {
    this.#cancelCheck();
    if (this.#stopped || this.#held === undefined) return;
    const untilDue = this.#left() - this.#leeway();
    const wait =
      this.#failures > 0
        ? backoff(this.#failures - 1, 1_000, CHECK_MS, this.#options.random ?? Math.random)
        : Math.min(Math.max(untilDue, 0), CHECK_MS);
    this.#cancelCheck = this.#clock.schedule(wait, () => {
      if (this.#isDue()) this.renew().catch(() => {});
      else this.#scheduleCheck();
    });
  }
}
