import {
  type CommandView,
  isSettled,
  OPERATOR_NAMESPACE,
  RemoteDisplayError,
  type ScreenView,
  type TriggerResult,
  type TriggerResults,
  type WatchTarget,
} from '@remote-display/protocol';
import { backoff, type Clock, pause, systemClock } from './clock.ts';
import type { Connection } from './connection.ts';
import type { ConnectionState } from './connection-state.ts';
import { type Fetch, requestJson } from './http.ts';
import type { TokenManager } from './token-manager.ts';
import { type Watched, Watches } from './watches.ts';

export interface OperatorOptions {
  /** The server's address, such as `https://display.example.com`. */
  serverUrl: string;
  tokens: TokenManager;
  /** The server's base path. Default `/api`. */
  basePath?: string;
  /** How long one request may take beside what it waits for, in ms. Default 10,000. */
  requestTimeoutMs?: number;
  /** How often a request is tried in all when nothing answers. Default 5. */
  maxTries?: number;
  fetch?: Fetch;
  clock?: Clock;
  random?: () => number;
}

/** This order on that display. */
export interface Wish {
  orderId: string;
  screenId: string;
  /** 0 is the primary display; 1 and up are the others by left edge, then top. Default 0. */
  displayIndex?: number;
  /** How long it is worth showing, in ms. Default: as the server says. */
  ttl?: number;
  /** `latest` ends what has not ended on that display; `all` waits its turn behind it. Default `latest`. */
  queue?: 'latest' | 'all';
  /** 0 to 9: the higher one goes first among the displays of a screen. Default 0. */
  priority?: number;
  /** Your own id of this wish: the same id again answers the first command. Default: a new one. */
  id?: string;
}

/** The screens that one wish is for: these, or all within reach that have a tag. */
export type Screens = { screenIds: readonly string[] } | { tag: string };

export interface WaitOptions {
  /** How long to wait for the end, in ms. Default 10,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

// The longest that the server holds one answer.
const MAX_HOLD_MS = 30_000;
const DEFAULT_WAIT_MS = 10_000;

/**
 * The sending side: triggers, and knows what became of it.
 *
 * @example
 * ```ts
 * const operator = new Operator({ serverUrl, tokens });
 * const { state, error } = await operator.trigger({ orderId: 'PO-1', screenId: 'line-3', displayIndex: 1 }, { wait: 'shown' });
 * ```
 */
export class Operator {
  readonly #options: OperatorOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #connection: Connection;
  readonly #watches: Watches;

  constructor(options: OperatorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    const { serverUrl, tokens, basePath } = options;
    const namespace = OPERATOR_NAMESPACE;
    const { connection, watches } = Watches.over({
      serverUrl,
      namespace,
      tokens,
      clock: this.#clock,
      random: this.#random,
      basePath,
    });
    this.#connection = connection;
    this.#watches = watches;
  }

  /** How it stands with the server for what is watched. */
  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Tells of every change of `state`; the answer stops it. */
  onState(listener: (state: ConnectionState) => void): () => void {
    this.#connection.on('state', listener);
    return () => this.#connection.off('state', listener);
  }

  /**
   * Triggers. With `wait: 'shown'` the answer is the command's end, or its state when the time is
   * over. A request that fails on the network is sent again under the same id, so that nothing is
   * shown twice. Throws what the server says, such as `ORDER_NOT_FOUND`.
   */
  async trigger(wish: Wish, options: WaitOptions & { wait?: 'shown' } = {}): Promise<CommandView> {
    return this.#trigger<CommandView>('/trigger', this.#bodyOf(wish), options, (command, end) =>
      this.#waitUntil(command, end, options.signal),
    );
  }

  /**
   * Triggers the same order on several screens, at most 1,000; a result for each: its command, or
   * why there is none.
   */
  triggerScreens(
    wish: Omit<Wish, 'screenId'>,
    screens: Screens,
    options: WaitOptions & { wait?: 'shown' } = {},
  ): Promise<TriggerResult[]> {
    return this.#triggerMany('/trigger', { ...this.#bodyOf(wish), ...screens }, options);
  }

  /** Triggers many at once, at most 1,000; each has its own result, in its place. */
  triggerAll(
    wishes: readonly Wish[],
    options: WaitOptions & { wait?: 'shown' } = {},
  ): Promise<TriggerResult[]> {
    const triggers = wishes.map((wish) => this.#bodyOf(wish));
    return this.#triggerMany('/triggers', { triggers }, options);
  }

  /** Waits for a command's end; answers its state when the time is over. */
  async wait(
    commandId: string,
    { timeoutMs = DEFAULT_WAIT_MS, signal }: WaitOptions = {},
  ): Promise<CommandView> {
    const end = this.#clock.monotonic() + timeoutMs;
    return this.#waitUntil(await this.command(commandId), end, signal);
  }

  async command(commandId: string): Promise<CommandView> {
    return this.#request('GET', `/commands/${encodeURIComponent(commandId)}`);
  }

  /** Calls off a command that still waits; throws `COMMAND_NOT_CANCELLABLE`. */
  async cancel(commandId: string): Promise<CommandView> {
    return this.#request('POST', `/commands/${encodeURIComponent(commandId)}/cancel`);
  }

  /** The screens within reach, at most the first thousand. */
  async screens(): Promise<ScreenView[]> {
    return (await this.#request<{ screens: ScreenView[] }>('GET', '/screens?limit=999')).screens;
  }

  /**
   * Tells of every move of a command, or of everything at a screen, beginning with how it stands
   * now; goes on by itself after the connection was lost. The answer stops it.
   */
  watch<T extends WatchTarget>(
    target: T,
    listener: (view: Watched<T>) => void,
  ): Promise<() => void> {
    return this.#watches.add(target, listener as (view: CommandView | ScreenView) => void);
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #bodyOf<T extends Partial<Wish>>(wish: T) {
    return { id: crypto.randomUUID(), ...wish, timestamp: this.#clock.now() };
  }

  async #triggerMany(
    path: string,
    body: object,
    options: WaitOptions & { wait?: 'shown' },
  ): Promise<TriggerResult[]> {
    const ended = async ({ results }: TriggerResults, end: number) => ({
      results: await Promise.all(
        results.map(async (result) =>
          result.command
            ? { ...result, command: await this.#waitUntil(result.command, end, options.signal) }
            : result,
        ),
      ),
    });
    return (await this.#trigger<TriggerResults>(path, body, options, ended)).results;
  }

  async #trigger<T>(
    path: string,
    body: object,
    { wait, timeoutMs = DEFAULT_WAIT_MS, signal }: WaitOptions & { wait?: 'shown' },
    ended: (answer: T, end: number) => Promise<T>,
  ): Promise<T> {
    const end = this.#clock.monotonic() + timeoutMs;
    const hold = wait ? Math.min(timeoutMs, MAX_HOLD_MS) : 0;
    const query = wait ? `?wait=shown&timeout=${hold}` : '';
    const answer = await this.#request<T>('POST', `${path}${query}`, { body, hold, signal });
    return wait ? ended(answer, end) : answer;
  }

  async #waitUntil(command: CommandView, end: number, signal?: AbortSignal): Promise<CommandView> {
    let latest = command;
    for (;;) {
      const left = Math.floor(end - this.#clock.monotonic());
      if (isSettled(latest.state) || left <= 0) return latest;
      const hold = Math.min(left, MAX_HOLD_MS);
      const path = `/commands/${encodeURIComponent(command.commandId)}?wait=shown&timeout=${hold}`;
      latest = await this.#request('GET', path, { hold, signal });
    }
  }

  async #request<T>(
    method: 'GET' | 'POST',
    path: string,
    {
      body,
      hold = 0,
      signal,
    }: { body?: unknown; hold?: number; signal?: AbortSignal | undefined } = {},
  ): Promise<T> {
    const {
      serverUrl,
      basePath = '/api',
      tokens,
      requestTimeoutMs = 10_000,
      maxTries = 5,
    } = this.#options;
    const { fetch = globalThis.fetch.bind(globalThis) } = this.#options;
    const url = `${serverUrl}${basePath}${path}`;
    for (let tries = 1, renewed = false, token: string | undefined; ; tries++) {
      try {
        token = await tokens.token();
        const timeoutMs = requestTimeoutMs + hold;
        return await requestJson<T>({ fetch, url, method, token, body, timeoutMs, signal });
      } catch (error) {
        if (signal?.aborted || !(error instanceof RemoteDisplayError)) throw error;
        if (error.code === 'TOKEN_EXPIRED' && !renewed) {
          renewed = true;
          await tokens.renew(token);
        } else if (isPassing(error) && tries < maxTries) {
          await pause(this.#clock, backoff(tries - 1, 200, 2_000, this.#random), signal);
        } else throw error;
      }
    }
  }
}

// The way to the server, or the server for the moment. What it says of the order is an answer, not a fault.
function isPassing({ code }: RemoteDisplayError): boolean {
  return [
    'CONNECTION_REFUSED',
    'CONNECTION_TIMEOUT',
    'SERVER_DRAINING',
    'OVERLOADED',
    'STORE_UNAVAILABLE',
  ].includes(code);
}
