import {
  type Answer,
  type Outcome,
  type Receipt,
  RemoteDisplayError,
  type ReportAnswer,
  type ResumeAnswer,
} from '@remote-display/protocol';
import { boundedStorage } from '../../../packages/client/src/bounded-storage.ts';
import { backoff } from '../../../packages/client/src/clock.ts';
import { Inbox } from '../../../packages/client/src/inbox.ts';
import type { InboxStorage } from '../../../packages/client/src/inbox-storage.ts';
import { MAX_REPORT, Reporter } from '../../../packages/client/src/reporter.ts';
import type { RunCommand } from '../../../packages/client/src/run-command.ts';
import { ServerClock } from '../../../packages/client/src/server-clock.ts';
import type { Line, Message } from './line.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

export interface DeviceClientOptions {
  world: World;
  process: Process;
  storage: InboxStorage;
  run: RunCommand;
  /** Another of the same screen has come. */
  onTakenOver: () => void;
}

interface Asked {
  at: number;
  onAnswer: (answer: never) => void;
  onError: (error: RemoteDisplayError) => void;
  cancel: () => void;
}

const ANSWER_TIMEOUT_MS = 10_000;
const RETRY_BASE_MS = 200;
const RETRY_MAX_MS = 1_000;
const LOAD_AGAIN_MS = 1_000;

/**
 * What `remote-display-client.ts` and `connection.ts` are, over a line of the world instead of a
 * socket: the real inbox, reporter and server clock, put together as they are there.
 */
export class DeviceClient {
  readonly inbox: Inbox;
  readonly #options: DeviceClientOptions;
  readonly #reporter: Reporter;
  readonly #serverClock: ServerClock;
  readonly #asked = new Map<number, Asked>();
  #line: Line | undefined;
  #asks = 0;
  #sentAfter = 0;
  #retries = 0;
  #resumed = false;
  #cancelRetry: (() => void) | undefined;
  #isOver = false;
  /** How long the message was under way from which the server's time is known, in ms. */
  #uncertainty = Infinity;

  constructor(options: DeviceClientOptions) {
    this.#options = options;
    const { world, process, storage, run } = options;
    this.#serverClock = new ServerClock(process.clock);
    this.#reporter = new Reporter({
      clock: process.clock,
      send: (report) =>
        new Promise<ReportAnswer>((resolve, reject) =>
          this.#ask<ReportAnswer>('report', report, resolve, (error) => {
            if (error.code === 'SCREEN_TAKEN_OVER') this.#again();
            reject(error);
          }),
        ),
      onConfirmed: (outcomes) => void this.inbox.confirmed(outcomes),
    });
    this.inbox = new Inbox({
      storage: boundedStorage(storage, process.clock),
      run,
      serverNow: () => this.#serverClock.now(),
      onReceipt: (receipt) => this.#reporter.receipt(receipt),
      onOutcome: (outcome) => {
        world.history.remark(() => `outcome ${outcome.id}#${outcome.attempt} ${outcome.state}`);
        this.#reporter.outcome(outcome);
      },
      onError: (error) => world.expect(error),
    });
  }

  get isOnline(): boolean {
    return this.#resumed;
  }

  get uncertainty(): number {
    return this.#uncertainty;
  }

  start(): void {
    const { process, world } = this.#options;
    this.inbox.load().then(
      () => this.#connect(),
      (error: unknown) => {
        world.expect(error);
        process.clock.schedule(LOAD_AGAIN_MS, () => this.start());
      },
    );
  }

  /** The line as it is: what a fault can cut. */
  get line(): Line | undefined {
    return this.#line;
  }

  #connect(): void {
    this.#cancelRetry = undefined;
    const { world, process } = this.#options;
    this.#sentAfter = process.clock.monotonic();
    world.dial(process, {
      onUp: (line) => {
        this.#line = line;
        line.attach('device', {
          message: (message) => this.#onMessage(message, line),
          closed: () => this.#onClosed(line),
        });
        this.#resume();
      },
      onRefused: () => this.#again(),
    });
  }

  #onMessage(message: Message, line: Line): void {
    if (!this.#options.process.alive || this.#line !== line) return;
    if (message.kind === 'farewell' && message.code === 'SCREEN_TAKEN_OVER') {
      if (this.#isOver) return;
      this.#isOver = true;
      this.inbox.stop();
      this.#options.onTakenOver();
    } else if (message.kind === 'answer') this.#onAnswer(message);
    else if (message.kind === 'commands') {
      for (const { sentAt } of message.envelopes) this.#hear(sentAt);
      void this.inbox.receive(message.envelopes);
    }
  }

  #onClosed(line: Line): void {
    if (!this.#options.process.alive || this.#line !== line) return;
    this.#line = undefined;
    this.#resumed = false;
    this.#reporter.close();
    for (const { onError, cancel } of [...this.#asked.values()]) {
      cancel();
      onError(new RemoteDisplayError('CONNECTION_REFUSED'));
    }
    this.#asked.clear();
    this.#again();
  }

  #again(): void {
    if (this.#isOver || this.#cancelRetry) return;
    const { process, world } = this.#options;
    const wait = backoff(this.#retries++, RETRY_BASE_MS, RETRY_MAX_MS, () => world.random.next());
    this.#cancelRetry = process.clock.schedule(wait, () => this.#connect());
    this.#line?.close('device');
  }

  #ask<T extends object>(
    event: 'resume' | 'report',
    body: unknown,
    onAnswer: (answer: T) => void,
    onError: (error: RemoteDisplayError) => void,
  ): void {
    const line = this.#line;
    if (!line?.isOpen('device')) {
      onError(new RemoteDisplayError('CONNECTION_REFUSED'));
      return;
    }
    const ask = ++this.#asks;
    const { clock } = this.#options.process;
    const cancel = clock.schedule(ANSWER_TIMEOUT_MS, () => {
      if (this.#asked.delete(ask)) onError(new RemoteDisplayError('CONNECTION_TIMEOUT'));
    });
    this.#asked.set(ask, { at: clock.monotonic(), onAnswer, onError, cancel });
    line.send('device', { kind: 'ask', event, ask, body });
  }

  #onAnswer({ ask, answer }: Extract<Message, { kind: 'answer' }>): void {
    const asked = this.#asked.get(ask);
    if (asked === undefined) return;
    this.#asked.delete(ask);
    asked.cancel();
    this.#sentAfter = Math.max(this.#sentAfter, asked.at);
    const plain: Answer<unknown> = answer;
    if ('error' in answer) asked.onError(RemoteDisplayError.from(answer.error));
    else asked.onAnswer(plain as never);
  }

  #resume(): void {
    const { held, outcomes } = this.inbox.memory();
    const memory = { held: held.slice(0, MAX_REPORT), outcomes: outcomes.slice(0, MAX_REPORT) };
    this.#ask<ResumeAnswer>(
      'resume',
      memory,
      (answer) => this.#onResumed(answer, memory),
      () => this.#again(),
    );
  }

  #onResumed(
    { settled, serverTime }: ResumeAnswer,
    { held, outcomes }: { held: Receipt[]; outcomes: Outcome[] },
  ): void {
    this.#hear(serverTime);
    const known = new Set(settled);
    const confirmed = outcomes.filter(({ id }) => known.has(id));
    for (const outcome of this.inbox.memory().outcomes)
      if (!confirmed.some(({ id, attempt }) => id === outcome.id && attempt === outcome.attempt))
        this.#reporter.outcome(outcome);
    void this.inbox.confirmed(confirmed);
    void this.inbox.dropped(held.flatMap(({ id }) => (known.has(id) ? id : [])));
    this.#reporter.open();
    void this.inbox.proceed();
    this.#retries = 0;
    this.#resumed = true;
  }

  #hear(serverTime: number): void {
    const before = this.#serverClock.now();
    this.#serverClock.hear(serverTime, this.#sentAfter);
    if (this.#serverClock.now() !== before)
      this.#uncertainty = Math.abs(this.#options.world.serverWall() - serverTime) + 1;
  }
}
