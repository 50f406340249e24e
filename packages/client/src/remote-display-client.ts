import {
  type CommandEnvelope,
  DEVICE_NAMESPACE,
  type Display,
  type Outcome,
  type Receipt,
  RemoteDisplayError,
  type ReportAnswer,
  type ResumeAnswer,
} from '@remote-display/protocol';
import { EventEmitter } from 'eventemitter3';
import { askDisplays } from './ask-displays.ts';
import { boundedStorage } from './bounded-storage.ts';
import { type Clock, systemClock } from './clock.ts';
import { Connection } from './connection.ts';
import type { ConnectionState } from './connection-state.ts';
import { Inbox } from './inbox.ts';
import { type InboxStorage, memoryInboxStorage } from './inbox-storage.ts';
import { MAX_REPORT, Reporter } from './reporter.ts';
import { commandRunner, type Handlers } from './run-command.ts';
import { ServerClock } from './server-clock.ts';
import type { TokenManager } from './token-manager.ts';

export interface RemoteDisplayClientOptions {
  /** The server's address, such as `https://display.example.com`. */
  serverUrl: string;
  tokens: TokenManager;
  /** What this device can do. */
  handlers: Handlers;
  /**
   * Where commands outlive this page or worker. Default: nowhere. What it has not done in 5,000 ms
   * counts as failed.
   */
  inbox?: InboxStorage;
  /**
   * Names this device apart from others with the same rights. The same name in a later life of the
   * same device lets it come back after a line of the former one; a copied profile must have another.
   * Default: a new one.
   */
  instance?: string;
  /**
   * The displays attached now; asked at each connection. Where it fails, or takes longer than
   * 2,000 ms, the server keeps those that it knows.
   */
  displays?: () => Promise<Display[]>;
  /** How long a handler may take, in ms. Default 25,000, below the server's patience of 30,000. */
  handlerTimeoutMs?: number;
  /** The server's base path. Default `/api`. */
  basePath?: string;
  /** Default: WebSocket, and polling where that is blocked. */
  transports?: ('websocket' | 'polling')[];
  clock?: Clock;
  random?: () => number;
}

export interface ClientEvents {
  state: [state: ConnectionState];
  /** A command lies safely in the inbox. */
  received: [command: CommandEnvelope];
  /** A command ended here. */
  outcome: [outcome: Outcome];
  /** The server has a command's outcome. */
  settled: [commandId: string];
  /** Something went wrong that nobody waits for. */
  error: [error: RemoteDisplayError];
}

/**
 * A device: receives a screen's commands, carries each out once, and keeps its outcome until the
 * server has it.
 *
 * @example
 * ```ts
 * const client = new RemoteDisplayClient({
 *   serverUrl,
 *   tokens,
 *   handlers: { navigate: async ({ payload }) => show(payload.document.url) },
 * });
 * await client.connect();
 * ```
 */
export class RemoteDisplayClient extends EventEmitter<ClientEvents> {
  readonly #options: RemoteDisplayClientOptions;
  readonly #clock: Clock;
  readonly #connection: Connection;
  readonly #inbox: Inbox;
  readonly #reporter: Reporter;
  readonly #serverClock: ServerClock;
  #loaded: Promise<void> | undefined;
  #wanted = false;
  // Displays that changed before the server could be told.
  #changed: Display[] | undefined;

  constructor(options: RemoteDisplayClientOptions) {
    super();
    this.#options = options;
    const {
      serverUrl,
      tokens,
      handlers,
      handlerTimeoutMs = 25_000,
      basePath,
      transports,
    } = options;
    const clock = options.clock ?? systemClock;
    this.#clock = clock;
    this.#serverClock = new ServerClock(clock);
    this.#connection = new Connection({
      serverUrl,
      namespace: DEVICE_NAMESPACE,
      instance: options.instance ?? crypto.randomUUID(),
      tokens,
      clock,
      random: options.random ?? Math.random,
      basePath,
      transports,
    });
    this.#reporter = new Reporter({
      clock,
      send: (report) =>
        new Promise((resolve, reject) =>
          this.#connection.ask<ReportAnswer>('report', report, resolve, (error) => {
            // The server takes nothing more over this connection: the next one is asked.
            if (error.code === 'SCREEN_TAKEN_OVER') this.#connection.again(error);
            reject(error);
          }),
        ),
      onConfirmed: (outcomes) => {
        void this.#inbox.confirmed(outcomes);
        for (const { id } of outcomes) this.#tell('settled', id);
      },
    });
    this.#inbox = new Inbox({
      storage: boundedStorage(options.inbox ?? memoryInboxStorage(), clock),
      run: commandRunner(handlers, handlerTimeoutMs, clock),
      serverNow: () => this.#serverClock.now(),
      onReceipt: (receipt, envelope) => {
        this.#reporter.receipt(receipt);
        this.#tell('received', envelope);
      },
      onOutcome: (outcome) => {
        this.#reporter.outcome(outcome);
        this.#tell('outcome', outcome);
      },
      onError: (error) => this.#tell('error', RemoteDisplayError.wrap(error)),
    });
    this.#connection.on('up', () => void this.#resume());
    this.#connection.on('down', () => this.#reporter.close());
    this.#connection.on('state', (state) => {
      // Another may have the screen: what is at work here must leave it.
      if (state.status === 'stopped') this.#inbox.stop();
      this.#tell('state', state);
    });
    this.#connection.socket.on('commands', (envelopes: CommandEnvelope[]) => {
      // Before anyone asks whether a command has expired.
      for (const { sentAt } of envelopes)
        this.#serverClock.hear(sentAt, this.#connection.sentAfter);
      void this.#inbox.receive(envelopes);
    });
  }

  /** How it stands with the server. */
  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Resolves when first online; rejects with the reason if the server will not have us. It comes back by itself ever after. */
  async connect(): Promise<void> {
    this.#loaded ??= this.#inbox.load().catch((error: unknown) => {
      // To go on without knowing what was shown would show it twice.
      this.#loaded = undefined;
      throw RemoteDisplayError.wrap(error);
    });
    this.#wanted = true;
    await this.#loaded;
    if (!this.#wanted) throw new RemoteDisplayError('CONNECTION_REFUSED', { detail: 'closed' });
    const online = this.#untilOnline();
    this.#connection.open();
    await online;
  }

  /** Leaves. Commands that were begun are taken up at the next start. */
  async close(): Promise<void> {
    this.#wanted = false;
    this.#connection.close();
  }

  /** The displays have changed. */
  updateDisplays(displays: Display[]): void {
    if (this.state.status !== 'online') {
      this.#changed = displays;
      return;
    }
    this.#connection.ask(
      'displays',
      { displays },
      () => {},
      (error) => this.#tell('error', error),
    );
  }

  async #resume(): Promise<void> {
    const { socket } = this.#connection;
    const { id } = socket;
    this.#changed = undefined;
    const displays = await askDisplays(this.#options.displays, this.#clock, (error) =>
      this.#tell('error', error),
    );
    // Another connection resumes for itself.
    if (!socket.connected || socket.id !== id) return;
    const { held, outcomes } = this.#inbox.memory();
    const memory = {
      held: held.slice(0, MAX_REPORT),
      outcomes: outcomes.slice(0, MAX_REPORT),
      ...(displays ? { displays } : {}),
    };
    this.#connection.ask<ResumeAnswer>(
      'resume',
      memory,
      (answer) => this.#resumed(answer, memory),
      (error) => this.#connection.again(error),
    );
  }

  #resumed(
    { settled, serverTime }: ResumeAnswer,
    { held, outcomes }: { held: Receipt[]; outcomes: Outcome[] },
  ): void {
    this.#serverClock.hear(serverTime, this.#connection.sentAfter);
    const known = new Set(settled);
    const confirmed = outcomes.filter((outcome) => known.has(outcome.id));
    // What the server could not keep, what did not fit, and what has ended meanwhile is told.
    for (const outcome of this.#inbox.memory().outcomes)
      if (!confirmed.some(({ id, attempt }) => id === outcome.id && attempt === outcome.attempt))
        this.#reporter.outcome(outcome);
    void this.#inbox.confirmed(confirmed);
    void this.#inbox.dropped(held.flatMap(({ id }) => (known.has(id) ? id : [])));
    for (const { id } of confirmed) this.#tell('settled', id);
    this.#reporter.open();
    void this.#inbox.proceed();
    this.#connection.ready();
    if (this.#changed) this.updateDisplays(this.#changed);
  }

  #untilOnline(): Promise<void> {
    return new Promise((resolve, reject) => {
      const onState = ({ status, reason }: ConnectionState) => {
        if (status !== 'online' && status !== 'stopped') return;
        this.#connection.off('state', onState);
        if (status === 'online') resolve();
        else reject(reason ?? new RemoteDisplayError('CONNECTION_REFUSED', { detail: 'closed' }));
      };
      if (this.state.status === 'online') resolve();
      else this.#connection.on('state', onState);
    });
  }

  // A listener that throws never changes a command's end.
  #tell<E extends keyof ClientEvents>(event: E, details: ClientEvents[E][0]): void {
    try {
      this.emit(event, ...([details] as never));
    } catch (error) {
      if (event !== 'error') this.#tell('error', RemoteDisplayError.wrap(error));
    }
  }
}
