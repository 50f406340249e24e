import { type Clock, momentOf } from './clock.ts';
import { type Command, toEnvelope } from './command.ts';
import type { DeviceLink } from './device-link.ts';
import { Outbox, type OutboxOptions } from './outbox.ts';

export interface ScreenConnectionOptions {
  screenId: string;
  link: DeviceLink;
  /** Names this connection to the store: it alone may fail or retry the screen's commands. */
  holder: string;
  clock: Clock;
  outbox: OutboxOptions;
  onDispatched: (commands: Command[], at: number) => void;
  /** These commands' device has been silent for too long. */
  onSilent: (commands: Command[]) => void;
}

/** A connected screen: its link, its outbox, and its one timer. */
export class ScreenConnection {
  readonly screenId: string;
  readonly link: DeviceLink;
  readonly holder: string;
  readonly outbox: Outbox;
  /** The store has it that this connection took the screen. */
  holds = false;
  /** The news of that have come: whoever is said to hold the screen from here on came later. */
  heard = false;
  /** The store is being read. */
  reading = false;
  /** Stops hearing of other nodes. */
  stopNews: () => void = () => {};
  readonly #options: ScreenConnectionOptions;
  #doubts = 0;
  #trusted = 0;
  #started = false;
  #closed = false;
  #wakeAt = Infinity;
  #cancelWake: () => void = () => {};

  constructor(options: ScreenConnectionOptions) {
    this.#options = options;
    this.screenId = options.screenId;
    this.link = options.link;
    this.holder = options.holder;
    this.outbox = new Outbox(options.outbox);
  }

  /** The device is ready: dispatch begins. */
  start(): void {
    this.#started = true;
    this.pump();
  }

  /** Sends what may be sent now. */
  pump(): void {
    if (!this.#started || this.#closed) return;
    const now = momentOf(this.#options.clock);
    const ready = this.outbox.take(now);
    if (ready.length > 0) {
      this.#options.onDispatched(ready, now.wall);
      this.link.send(ready.map((command) => toEnvelope(command, now.wall)));
    }
    this.arm();
  }

  /** Sees to it that what is due next is looked at in time. */
  arm(): void {
    if (this.#closed) return;
    const { clock } = this.#options;
    const now = momentOf(clock);
    const wait = this.outbox.untilDue(now);
    // A timer that fires too early only looks again; so it is moved forwards, never back.
    if (wait === undefined || now.ticks + wait >= this.#wakeAt) return;
    this.#cancelWake();
    this.#wakeAt = now.ticks + wait;
    this.#cancelWake = clock.schedule(wait, () => {
      this.#wakeAt = Infinity;
      this.#options.onSilent(this.outbox.silent(momentOf(clock)));
      this.pump();
    });
  }

  /** The store may have something that the outbox has not, and that is older than what comes next. */
  get inDoubt(): boolean {
    return this.#doubts > this.#trusted;
  }

  /** Counts the reasons for doubt. */
  get doubts(): number {
    return this.#doubts;
  }

  doubt(): void {
    this.#doubts++;
  }

  /** The store was read when there had been so many doubts; those that came since remain. */
  trust(doubts: number): void {
    this.#trusted = Math.max(this.#trusted, doubts);
  }

  close(): void {
    this.#closed = true;
    this.#cancelWake();
    this.stopNews();
  }
}
