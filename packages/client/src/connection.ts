import {
  type Answer,
  type ErrorBody,
  type ErrorCode,
  type Farewell,
  PROTOCOL_VERSION,
  RemoteDisplayError,
} from '@remote-display/protocol';
import { EventEmitter } from 'eventemitter3';
import { io, type Socket } from 'socket.io-client';
import { backoff, type Clock } from './clock.ts';
import type { ConnectionState } from './connection-state.ts';
import { guarded } from './listeners.ts';
import type { TokenManager } from './token-manager.ts';

export interface ConnectionOptions {
  serverUrl: string;
  namespace: string;
  tokens: TokenManager;
  /** Which device it is, where that matters. */
  instance?: string | undefined;
  clock: Clock;
  random: () => number;
  /** The server's base path. Default `/api`. */
  basePath?: string | undefined;
  /** Default: WebSocket, and polling where that is blocked. */
  transports?: ('websocket' | 'polling')[] | undefined;
}

interface ConnectionEvents {
  /** The socket is up; whoever listens makes it useful and calls `ready`. */
  up: [];
  /** The socket is down, for now. */
  down: [];
  state: [state: ConnectionState];
}

const ANSWER_TIMEOUT_MS = 10_000;
// Less up to half of it by jitter: from 100 ms to a second.
const RETRY_BASE_MS = 200;
// A server that restarts is back within moments, and a worker waits before the display: so for a
// while we ask again and again, and only then more and more seldom.
const EAGER_MS = 5_000;
const EAGER_WAIT_MS = 100;
const RETRY_MAX_MS = 1_000;
// What the server says of us, and no waiting changes. All else is about the server or the way to it,
// however final it sounds: whoever mends that should find us there again.
const FINAL: readonly ErrorCode[] = [
  'UNAUTHENTICATED',
  'TOKEN_INVALID',
  'SESSION_REVOKED',
  'FORBIDDEN',
  'SCREEN_NOT_FOUND',
  'SCREEN_TAKEN_OVER',
  'PROTOCOL_VERSION_MISMATCH',
];

/**
 * One socket to one namespace, kept for as long as the server will have us. Every way back is the
 * one here: socket.io's own is switched off, since two would get into each other's way.
 */
export class Connection extends EventEmitter<ConnectionEvents> {
  readonly socket: Socket;
  readonly #options: ConnectionOptions;
  #state: ConnectionState;
  #farewell: Farewell['code'] | undefined;
  #cancelRetry: (() => void) | undefined;
  #retries = 0;
  /** Since when we are without a line, monotonic. */
  #lostAt: number | undefined;
  // Counts the tries, so that one that was overtaken notices.
  #try = 0;
  /** The token that the server knows of us, one that is newer, and one that it found too old. */
  #token: string | undefined;
  #newer: string | undefined;
  #refused: string | undefined;
  // On the monotonic clock.
  #sentAfter = 0;
  #pingedAt = 0;

  constructor(options: ConnectionOptions) {
    super();
    this.#options = options;
    this.#state = { status: 'idle', since: options.clock.now() };
    const { serverUrl, namespace, basePath = '/api', transports } = options;
    this.socket = io(`${serverUrl}${namespace}`, {
      path: `${basePath}/socket.io`,
      transports: transports ?? ['websocket', 'polling'],
      tryAllTransports: true,
      autoConnect: false,
      forceNew: true,
      reconnection: false,
      timeout: ANSWER_TIMEOUT_MS,
    });
    this.socket.on('connect', () => this.#onConnect());
    this.socket.on('disconnect', (reason) => this.#onDisconnect(reason));
    this.socket.on('connect_error', (error) => this.#onRefused(error));
    this.socket.on('farewell', ({ code }: Farewell) => {
      this.#farewell = code;
    });
    // The server pings only after it has heard our answer to its ping before.
    this.socket.io.on('ping', () => {
      this.#noteHeard(this.#pingedAt);
      this.#pingedAt = options.clock.monotonic();
    });
  }

  /**
   * Whatever comes now was sent after this moment, ms on the monotonic clock: a line keeps its
   * order, and by what came before the server had heard something that we said at this moment.
   */
  get sentAfter(): number {
    return this.#sentAfter;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  open(): void {
    if (!this.#isOver()) return;
    this.#options.tokens.on('renewed', this.#onRenewed);
    this.#options.tokens.on('lost', this.#stop);
    globalThis.addEventListener?.('online', this.#onOnline);
    this.#retries = 0;
    this.#lostAt = undefined;
    this.#change('connecting');
    void this.#connect();
  }

  close(): void {
    this.#stop();
  }

  /** Whoever listened to `up` has done its part. */
  ready(): void {
    if (!this.socket.connected) return;
    this.#retries = 0;
    this.#lostAt = undefined;
    this.#change('online');
  }

  /** Closes the socket and comes back, after a wait that grows. */
  again(reason: RemoteDisplayError): void {
    if (this.#isOver()) return;
    this.#change('offline', reason);
    // The end of a connection is heard of in several places: the first has seen to it.
    if (this.#cancelRetry) return;
    const { clock } = this.#options;
    this.#cancelRetry = clock.schedule(this.#wait(reason), () => void this.#connect());
    this.#try++;
    this.socket.disconnect();
  }

  // Nobody there: it may be back at once. One that is there and says no needs time.
  #wait({ code }: RemoteDisplayError): number {
    const { clock, random } = this.#options;
    this.#lostAt ??= clock.monotonic();
    const isEager = clock.monotonic() - this.#lostAt < EAGER_MS;
    if (code === 'CONNECTION_REFUSED' && isEager) return EAGER_WAIT_MS * (1 + random() / 2);
    return backoff(this.#retries++, RETRY_BASE_MS, RETRY_MAX_MS, random);
  }

  /** Sends an event and hands its answer on, in the very turn in which it arrives. */
  ask<T>(
    event: string,
    body: unknown,
    onAnswer: (answer: T) => void,
    onError: (error: RemoteDisplayError) => void,
  ): void {
    const { socket } = this;
    const askedAt = this.#options.clock.monotonic();
    if (!socket.connected) {
      onError(new RemoteDisplayError('CONNECTION_REFUSED', { detail: 'not connected' }));
      return;
    }
    socket
      .timeout(ANSWER_TIMEOUT_MS)
      .emit(event, body, (cause: Error | null, answer: Answer<T>) => {
        if (cause) {
          const code = socket.connected ? 'CONNECTION_TIMEOUT' : 'CONNECTION_REFUSED';
          onError(new RemoteDisplayError(code, { cause }));
          return;
        }
        this.#noteHeard(askedAt);
        if (isRefusal(answer)) onError(RemoteDisplayError.from(answer.error));
        else onAnswer(answer as T);
      });
  }

  // The token first: without one there is no point in a socket.
  async #connect(): Promise<void> {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    const current = ++this.#try;
    const { tokens, instance } = this.#options;
    try {
      const token = await (this.#refused === undefined
        ? tokens.token()
        : tokens.renew(this.#refused));
      if (current !== this.#try) return;
      this.#refused = undefined;
      this.#newer = undefined;
      this.#token = token;
      this.socket.auth = { token, protocol: PROTOCOL_VERSION, instance };
      this.#sentAfter = this.#pingedAt = this.#options.clock.monotonic();
      this.socket.connect();
    } catch (error) {
      if (current === this.#try) this.#giveWay(RemoteDisplayError.wrap(error));
    }
  }

  #onConnect(): void {
    this.#farewell = undefined;
    this.emit('up');
    this.#renew();
  }

  #onDisconnect(detail: Socket.DisconnectReason): void {
    // What could not be sent any more: after `resume` it would be old, and before it out of turn.
    this.socket.sendBuffer = [];
    this.emit('down');
    if (detail === 'io client disconnect') return;
    this.#giveWay(
      this.#farewell === undefined
        ? new RemoteDisplayError('CONNECTION_REFUSED', { detail })
        : new RemoteDisplayError(this.#farewell),
    );
  }

  #onRefused(cause: Error & { data?: { code?: unknown } }): void {
    if (cause.data) this.#giveWay(RemoteDisplayError.from(cause.data));
    else {
      this.#tryAnotherTransport();
      this.again(new RemoteDisplayError('CONNECTION_REFUSED', { cause }));
    }
  }

  // A transport that is refused makes way for the next by itself; one that hangs never does.
  #tryAnotherTransport(): void {
    const { engine, opts } = this.socket.io;
    const [first, ...others] = (opts.transports ?? []) as string[];
    if (first !== undefined && engine.transport?.name === first)
      opts.transports = [...others, first];
  }

  // What the server says decides whether there is a way back.
  #giveWay(reason: RemoteDisplayError): void {
    if (reason.code === 'TOKEN_EXPIRED') {
      this.#refused = this.#token;
      this.again(reason);
    } else if (FINAL.includes(reason.code)) this.#stop(reason);
    else this.again(reason);
  }

  readonly #stop = (reason?: RemoteDisplayError): void => {
    if (this.#state.status === 'stopped') return;
    this.#options.tokens.off('renewed', this.#onRenewed);
    this.#options.tokens.off('lost', this.#stop);
    globalThis.removeEventListener?.('online', this.#onOnline);
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#try++;
    this.#change('stopped', reason);
    this.socket.disconnect();
  };

  readonly #onRenewed = ({ accessToken }: { accessToken: string }): void => {
    this.#newer = accessToken;
    if (this.socket.connected) this.#renew();
  };

  #renew(): void {
    if (this.#newer === undefined) return;
    const token = this.#newer;
    this.#token = token;
    this.#newer = undefined;
    // The token is good at a handshake too; only a refusal for good ends the session here.
    const onError = (error: RemoteDisplayError) => this.#giveWay(error);
    this.ask('renew', { token }, () => {}, onError);
  }

  // The browser knows better than a backoff when the network is back.
  readonly #onOnline = (): void => {
    if (this.socket.connected) return;
    this.#options.tokens.hurry();
    this.socket.disconnect();
    void this.#connect();
  };

  #noteHeard(at: number): void {
    this.#sentAfter = Math.max(this.#sentAfter, at);
  }

  #isOver(): boolean {
    return this.#state.status === 'idle' || this.#state.status === 'stopped';
  }

  #change(status: ConnectionState['status'], reason?: RemoteDisplayError): void {
    const isNews = this.#state.status !== status;
    const since = isNews ? this.#options.clock.now() : this.#state.since;
    this.#state = { status, since, ...(reason ? { reason } : {}) };
    if (isNews) guarded(() => this.emit('state', this.#state));
  }
}

function isRefusal(answer: unknown): answer is { error: ErrorBody } {
  return typeof answer === 'object' && answer !== null && 'error' in answer;
}
