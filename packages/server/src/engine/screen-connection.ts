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
  /** Reads from the store what of the screen has not ended. */
  read: () => Promise<Command[]>;
  /** These were in the outbox and have ended elsewhere. */
  onGone: (ids: string[]) => Promise<void>;
  onError: (error: unknown) => void;
}

// News come in the same moment as the answer; much later they are lost.
const NEWS_MS = 100;

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
  /** Some news may have been missed. */
  missed = false;
  /** Stops hearing of other nodes. */
  stopNews: () => void = () => {};
  readonly #options: ScreenConnectionOptions;
  // Reasons to think that the store has what the outbox has not, and how many of them it has answered.
  #doubts = 0;
  #trusted = 0;
  #reading = false;
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

  /** Something older than what comes next may be missing here. */
  get inDoubt(): boolean {
    return this.#doubts > this.#trusted;
  }

  doubt(): void {
    this.#doubts++;
  }

  /** A command was accepted. In doubt the store is asked, which has it in its order: the device would refuse what comes too late. */
  arrived(command: Command): void {
    if (this.inDoubt) this.lookUp();
    else {
      this.outbox.add(command, momentOf(this.#options.clock));
      this.pump();
    }
  }

  /** A command was accepted of which the news will tell in its order; where they do not, it is looked up. */
  expect(id: string): void {
    this.#options.clock.schedule(NEWS_MS, () => {
      if (!this.#closed && !this.outbox.knows(id)) this.lookUp();
    });
  }

  lookUp(): void {
    this.doubt();
    void this.refresh();
  }

  /** Reads the store until there is no doubt; where it cannot answer, the sweep tries later. */
  async refresh(): Promise<void> {
    // Whoever reads reads again for what came since.
    if (this.#reading) return;
    const { clock, read, onGone, onError } = this.#options;
    this.#reading = true;
    try {
      while (this.inDoubt && !this.#closed) {
        const doubts = this.#doubts;
        const gone = await this.outbox.load(read, () => momentOf(clock));
        this.#trusted = doubts;
        this.pump();
        await onGone(gone);
      }
    } catch (error) {
      this.doubt();
      onError(error);
    } finally {
      this.#reading = false;
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancelWake();
    this.stopNews();
  }
}
