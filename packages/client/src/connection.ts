import {
  type Answer,
  type ErrorBody,
  type Farewell,
  PROTOCOL_VERSION,
  RemoteDisplayError,
} from '@remote-display/protocol';
import { EventEmitter } from 'eventemitter3';
import { io, type Socket } from 'socket.io-client';
import { backoff, type Clock } from './clock.ts';
import type { ConnectionState } from './connection-state.ts';
import type { TokenManager } from './token-manager.ts';

export interface ConnectionOptions {
  serverUrl: string;
  namespace: string;
  tokens: TokenManager;
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
// After these the server will not have us back.
const FINAL: readonly string[] = ['SCREEN_TAKEN_OVER', 'SESSION_REVOKED'];

/** One socket to one namespace, kept for as long as the server will have us. */
export class Connection extends EventEmitter<ConnectionEvents> {
  readonly socket: Socket;
  readonly #options: ConnectionOptions;
  #state: ConnectionState;
  #farewell: Farewell['code'] | undefined;
  #cancelRetry: () => void = () => {};
  #retries = 0;

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
      reconnection: true,
      reconnectionAttempts: Infinity,
      reconnectionDelay: 100,
      reconnectionDelayMax: 1_000,
      randomizationFactor: 0.5,
      timeout: ANSWER_TIMEOUT_MS,
      auth: (answer) => void this.#authenticate(answer),
    });
    this.socket.on('connect', () => this.#onConnect());
    this.socket.on('disconnect', (reason) => this.#onDisconnect(reason));
    this.socket.on('connect_error', (error) => this.#onRefused(error));
    this.socket.on('farewell', ({ code }: Farewell) => {
      this.#farewell = code;
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  open(): void {
    if (this.#state.status !== 'idle' && this.#state.status !== 'stopped') return;
    this.#options.tokens.on('renewed', this.#onRenewed);
    this.#options.tokens.on('lost', this.#stop);
    globalThis.addEventListener?.('online', this.#onOnline);
    this.#change('connecting');
    this.socket.connect();
  }

  close(): void {
    this.#stop();
  }

  /** Whoever listened to `up` has done its part. */
  ready(): void {
    this.#retries = 0;
    this.#change('online');
  }

  /** Closes the socket and comes back, after a wait that grows. */
  again(reason: RemoteDisplayError): void {
    this.#change('offline', reason);
    this.socket.disconnect();
    const wait = backoff(this.#retries++, 100, 1_000, this.#options.random);
    this.#cancelRetry();
    this.#cancelRetry = this.#options.clock.schedule(wait, () => {
      this.#change('connecting', reason);
      this.socket.connect();
    });
  }

  /** Sends an event and hands its answer on, in the very turn in which it arrives. */
  ask<T>(
    event: string,
    body: unknown,
    onAnswer: (answer: T) => void,
    onError: (error: RemoteDisplayError) => void,
  ): void {
    this.socket
      .timeout(ANSWER_TIMEOUT_MS)
      .emit(event, body, (late: Error | null, answer: Answer<T>) => {
        if (late) onError(new RemoteDisplayError('CONNECTION_TIMEOUT', { cause: late }));
        else if (isRefusal(answer)) onError(RemoteDisplayError.from(answer.error));
        else onAnswer(answer as T);
      });
  }

  async #authenticate(answer: (auth: object) => void): Promise<void> {
    try {
      answer({ token: await this.#options.tokens.token(), protocol: PROTOCOL_VERSION });
    } catch (error) {
      this.#giveWay(RemoteDisplayError.wrap(error, 'UNAUTHENTICATED'));
    }
  }

  #onConnect(): void {
    this.#farewell = undefined;
    this.emit('up');
  }

  #onDisconnect(reason: Socket.DisconnectReason): void {
    this.emit('down');
    if (this.#state.status === 'stopped') return;
    if (this.#farewell !== undefined) {
      this.#giveWay(new RemoteDisplayError(this.#farewell));
      return;
    }
    // A socket closed from here is on its way back already.
    if (reason === 'io client disconnect') return;
    this.#change('offline', new RemoteDisplayError('CONNECTION_REFUSED', { detail: reason }));
    // socket.io comes back by itself, except where the server said good-bye.
    if (!this.socket.active)
      this.again(new RemoteDisplayError('CONNECTION_REFUSED', { detail: reason }));
  }

  #onRefused(error: Error & { data?: { code?: unknown } }): void {
    if (error.data) this.#giveWay(RemoteDisplayError.from(error.data));
    else this.#change('offline', new RemoteDisplayError('CONNECTION_REFUSED', { cause: error }));
  }

  // What the server says decides whether there is a way back.
  #giveWay(reason: RemoteDisplayError): void {
    if (this.#state.status === 'stopped') return;
    if (reason.code === 'TOKEN_EXPIRED') {
      this.#options.tokens.renew().then(
        () => this.again(reason),
        (error) => this.#giveWayUnless(error),
      );
    } else if (FINAL.includes(reason.code) || !reason.retryable) this.#stop(reason);
    else this.again(reason);
  }

  #giveWayUnless(error: unknown): void {
    const known = RemoteDisplayError.wrap(error);
    if (known.retryable) this.again(known);
    else this.#stop(known);
  }

  readonly #stop = (reason?: RemoteDisplayError): void => {
    this.#options.tokens.off('renewed', this.#onRenewed);
    this.#options.tokens.off('lost', this.#stop);
    globalThis.removeEventListener?.('online', this.#onOnline);
    this.#cancelRetry();
    this.#change('stopped', reason);
    this.socket.disconnect();
  };

  readonly #onRenewed = (): void => {
    if (!this.socket.connected) return;
    this.#options.tokens.token().then(
      (token) =>
        this.ask(
          'renew',
          { token },
          () => {},
          (error) => this.#onRenewalRefused(error),
        ),
      () => {},
    );
  };

  #onRenewalRefused(error: RemoteDisplayError): void {
    // The token is good at a handshake too; only a refusal for good ends the session here.
    if (error.retryable) this.again(error);
    else this.#giveWay(error);
  }

  // The browser knows better than a backoff when the network is back.
  readonly #onOnline = (): void => {
    if (this.socket.connected || this.#state.status === 'stopped') return;
    this.#cancelRetry();
    this.socket.disconnect();
    this.socket.connect();
  };

  #change(status: ConnectionState['status'], reason?: RemoteDisplayError): void {
    if (this.#state.status === status) return;
    this.#state = { status, since: this.#options.clock.now(), ...(reason ? { reason } : {}) };
    this.emit('state', this.#state);
  }
}

function isRefusal(answer: unknown): answer is { error: ErrorBody } {
  return typeof answer === 'object' && answer !== null && 'error' in answer;
}
