import { RemoteDisplayError, type TokenPair } from '@remote-display/protocol';
import { EventEmitter } from 'eventemitter3';
import { backoff, type Clock, systemClock } from './clock.ts';
import { type Fetch, requestJson } from './http.ts';
import { guarded } from './listeners.ts';

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
  /** New tokens are used but could not be stored: a restart would not find them. */
  error: [error: RemoteDisplayError];
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
const RETRY_BASE_MS = 1_000;
const RETRY_MAX_MS = 10_000;
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
  /** How the latest renewals failed, and when the next may be tried, on the monotonic clock. */
  #failed: { count: number; error: RemoteDisplayError; nextAt: number } | undefined;
  #stopped = false;
  // Counts sessions, so that an answer for one that is over changes nothing.
  #session = 0;

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

  /**
   * Renews; callers that come meanwhile share the one renewal. Where `refused` is no longer the
   * token here, the newer one is answered. After a failure nothing is asked before a wait that
   * grows from 1 s to 10 s, less up to half: until then the same error is thrown.
   */
  async renew(refused?: string): Promise<string> {
    if (refused !== undefined) {
      const { accessToken } = (await this.#current()).tokens;
      if (accessToken !== refused) return accessToken;
    }
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
      this.#scheduleCheck();
    });
    return this.#renewing;
  }

  /** The network is back: a renewal that waits is tried without waiting longer. */
  hurry(): void {
    if (this.#failed) this.#failed.nextAt = this.#clock.monotonic();
    this.#scheduleCheck();
  }

  /** Begins a session with these tokens. */
  async set(tokens: TokenPair): Promise<void> {
    this.#end();
    this.#hold(tokens, this.#clock.now());
    guarded(() => this.emit('renewed', tokens));
    await this.#options.storage?.save(tokens);
  }

  /** Forgets the session. */
  async clear(): Promise<void> {
    this.#end();
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
    const session = this.#session;
    let stored = tokens;
    try {
      stored ??= await storage?.load();
    } catch (error) {
      // Not to know is not to have none: the next caller asks again.
      if (session === this.#session) this.#loading = undefined;
      throw RemoteDisplayError.wrap(error);
    }
    // Someone may have signed in, or out, while the storage was read.
    if (stored === undefined || session !== this.#session) return;
    // Of stored tokens we know only when the server made them; of our clock, that it may be wrong.
    this.#hold(stored, tokens ? this.#clock.now() : Math.min(stored.serverTime, this.#clock.now()));
    if (tokens) await this.#store(tokens);
  }

  #hold(tokens: TokenPair, wall: number): void {
    this.#held = { tokens, wall, monotonic: this.#clock.monotonic() };
    this.#scheduleCheck();
  }

  // A storage that fails takes nothing from the session that goes on here.
  async #store(tokens: TokenPair | undefined): Promise<void> {
    try {
      await this.#options.storage?.save(tokens);
    } catch (error) {
      guarded(() => this.emit('error', RemoteDisplayError.wrap(error)));
    }
  }

  async #renew(): Promise<string> {
    const held = await this.#current();
    if (this.#failed && this.#clock.monotonic() < this.#failed.nextAt) throw this.#failed.error;
    const session = this.#session;
    let tokens: TokenPair;
    try {
      tokens = await this.#request(held.tokens.refreshToken);
    } catch (error) {
      // Someone signed in anew meanwhile: theirs is the session now. So it is below.
      if (session !== this.#session) return (await this.#current()).tokens.accessToken;
      const known = RemoteDisplayError.wrap(error);
      if (ENDS.includes(known.code)) await this.#lose(known);
      else this.#noteFailure(known);
      throw known;
    }
    if (session !== this.#session) return (await this.#current()).tokens.accessToken;
    this.#failed = undefined;
    this.#hold(tokens, this.#clock.now());
    await this.#store(tokens);
    guarded(() => this.emit('renewed', tokens));
    return tokens.accessToken;
  }

  #request(refreshToken: string): Promise<TokenPair> {
    const {
      serverUrl,
      basePath = '/api',
      fetch = globalThis.fetch.bind(globalThis),
    } = this.#options;
    return requestJson<TokenPair>({
      fetch,
      url: `${serverUrl}${basePath}/auth/refresh`,
      method: 'POST',
      body: { refreshToken },
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
  }

  async #lose(error: RemoteDisplayError): Promise<void> {
    this.#end();
    await this.#store(undefined);
    guarded(() => this.emit('lost', error));
  }

  #end(): void {
    this.#session++;
    this.#loading = Promise.resolve();
    this.#held = undefined;
    this.#failed = undefined;
    this.#cancelCheck();
  }

  #noteFailure(error: RemoteDisplayError): void {
    const count = (this.#failed?.count ?? 0) + 1;
    const random = this.#options.random ?? Math.random;
    const wait = backoff(count - 1, RETRY_BASE_MS, RETRY_MAX_MS, random);
    this.#failed = { count, error, nextAt: this.#clock.monotonic() + wait };
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
    const untilDue = Math.max(this.#left() - this.#leeway(), 0);
    const untilTry = this.#failed ? this.#failed.nextAt - this.#clock.monotonic() : 0;
    const wait = Math.max(Math.min(untilDue, CHECK_MS), untilTry);
    this.#cancelCheck = this.#clock.schedule(wait, () => {
      if (this.#isDue()) this.renew().catch(() => {});
      else this.#scheduleCheck();
    });
  }
}
