import type { CommandEnvelope, Outcome, Receipt } from '@remote-display/protocol';
import type { InboxRecord, InboxStorage } from './inbox-storage.ts';
import type { RunCommand } from './run-command.ts';

export interface InboxOptions {
  storage: InboxStorage;
  /** Carries a command out and says how it ended; never throws. */
  run: RunCommand;
  /** ms since 1970 by the server's clock. */
  serverNow: () => number;
  onReceipt: (receipt: Receipt, envelope: CommandEnvelope) => void;
  onOutcome: (outcome: Outcome) => void;
  onError: (error: unknown) => void;
}

/** A command at work in its slot. */
interface Running {
  id: string;
  seq: number;
  abort: AbortController;
  done: Promise<void>;
}

const MAX_REMEMBERED = 1_000;
// A handler that crashes its worker each time must not do so for ever.
const MAX_BEGUN = 4;

/**
 * The device's side of a screen's commands. What it has is stored before it is confirmed, each
 * command runs once, those of one slot in order, and an outcome is kept until the server has it.
 */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #records = new Map<string, InboxRecord>();
  readonly #running = new Map<string, Running>();
  // The latest command begun in each slot: nothing older is begun after it.
  readonly #latest = new Map<string, number>();
  // One message after the other, so that what is seen is what is stored.
  #turn: Promise<void> = Promise.resolve();

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Remembers what was stored. Nothing is begun before `proceed`. */
  async load(): Promise<void> {
    for (const record of await this.#options.storage.load()) {
      this.#records.set(record.envelope.id, record);
      if (record.begun > 0) this.#noteBegun(record.envelope);
    }
  }

  /** What the server is told at the start of a connection. */
  memory(): { held: Receipt[]; outcomes: Outcome[] } {
    const open = [...this.#records.values()].filter(({ settled }) => !settled);
    return {
      held: open
        .filter(({ outcome }) => !outcome)
        .map(({ envelope: { id, attempt } }) => ({ id, attempt })),
      outcomes: open.flatMap(({ outcome }) => outcome ?? []),
    };
  }

  /** Takes commands in. */
  receive(envelopes: readonly CommandEnvelope[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const envelope of envelopes) await this.#receive(envelope);
    });
  }

  /** The connection is resumed: what has not ended goes on. */
  proceed(): Promise<void> {
    return this.#inTurn(async () => {
      const waiting = [...this.#records.values()]
        .filter(
          ({ outcome, settled, envelope }) => !outcome && !settled && !this.#isRunning(envelope),
        )
        .sort((a, b) => a.envelope.seq - b.envelope.seq);
      for (const record of waiting) await this.#begin(record);
    });
  }

  /** The server has these outcomes. */
  confirmed(outcomes: readonly Outcome[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const { id, attempt } of outcomes) {
        // The next attempt may have begun before the word about this one came.
        if (this.#records.get(id)?.outcome?.attempt === attempt) await this.#settle(id);
      }
      await this.#forgetOld();
    });
  }

  /** These have ended without us: whatever is at work for them stops. */
  dropped(ids: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const id of ids) await this.#settle(id);
    });
  }

  /** Stops everything at work; what had begun is taken up again at the next start. */
  stop(): void {
    for (const { abort } of this.#running.values()) abort.abort();
    this.#running.clear();
  }

  async #receive(envelope: CommandEnvelope): Promise<void> {
    const known = this.#records.get(envelope.id);
    if (known) return this.#receiveAgain(known, envelope);
    // Its slot has gone on: the server has ended it, and this is an echo.
    if (envelope.seq <= (this.#latest.get(envelope.slot) ?? 0)) return;
    const record: InboxRecord = { envelope, begun: 0 };
    await this.#begin(record, () => this.#options.onReceipt(receiptOf(envelope), envelope));
  }

  async #receiveAgain(known: InboxRecord, envelope: CommandEnvelope): Promise<void> {
    const { outcome } = known;
    if (outcome === undefined) {
      known.envelope = envelope;
      this.#options.onReceipt(receiptOf(envelope), envelope);
      if (!this.#isRunning(envelope)) await this.#begin(known);
      return;
    }
    // Shown is shown; and of a failed attempt the server has not heard yet.
    if (outcome.state === 'shown' || envelope.attempt <= outcome.attempt) {
      this.#options.onOutcome(outcome);
      return;
    }
    await this.#begin({ envelope, begun: 0 }, () =>
      this.#options.onReceipt(receiptOf(envelope), envelope),
    );
  }

  // Stored first; only then is the server told and the handler begun.
  async #begin(record: InboxRecord, onStored?: () => void): Promise<void> {
    const { envelope } = record;
    const { storage, serverNow, onError } = this.#options;
    await this.#stopOlder(envelope);
    const interrupted = record.begun > 0;
    const begun: InboxRecord = { envelope, begun: record.begun + 1 };
    try {
      await storage.save(begun);
    } catch (error) {
      // Neither confirmed nor begun: the server sends it again.
      onError(error);
      return;
    }
    this.#records.set(envelope.id, begun);
    this.#noteBegun(envelope);
    onStored?.();
    if (envelope.expiresAt <= serverNow())
      return this.#end(begun, failed(envelope, 'COMMAND_EXPIRED'));
    if (begun.begun > MAX_BEGUN) return this.#end(begun, failed(envelope, 'INTERRUPTED'));
    const abort = new AbortController();
    const running: Running = { id: envelope.id, seq: envelope.seq, abort, done: Promise.resolve() };
    this.#running.set(envelope.slot, running);
    running.done = this.#options
      .run(envelope, { signal: abort.signal, interrupted })
      .then(async (outcome) => {
        if (this.#running.get(envelope.slot) === running) this.#running.delete(envelope.slot);
        // Stopped by a newer command: the server has ended it already.
        if (!abort.signal.aborted)
          await this.#end(begun, { ...outcome, attempt: begun.envelope.attempt });
      });
    running.done.catch(onError);
  }

  // A newer command has taken the slot. Its predecessor leaves before it begins.
  async #stopOlder({ slot, seq, id }: CommandEnvelope): Promise<void> {
    const older = this.#running.get(slot);
    if (older && older.seq < seq) {
      older.abort.abort();
      this.#running.delete(slot);
      await older.done.catch(this.#options.onError);
    }
    for (const { envelope, outcome, settled } of [...this.#records.values()]) {
      const isOlder = envelope.slot === slot && envelope.seq < seq && envelope.id !== id;
      if (isOlder && !outcome && !settled) await this.#settle(envelope.id);
    }
  }

  // The outcome is stored before it is told, so that a restart cannot make it untrue.
  async #end(record: InboxRecord, outcome: Outcome): Promise<void> {
    const ended = { ...record, outcome };
    this.#records.set(record.envelope.id, ended);
    try {
      await this.#options.storage.save(ended);
    } catch (error) {
      this.#options.onError(error);
    }
    this.#options.onOutcome(outcome);
  }

  async #settle(id: string): Promise<void> {
    const record = this.#records.get(id);
    if (!record || record.settled) return;
    const running = this.#running.get(record.envelope.slot);
    if (running?.id === id) {
      running.abort.abort();
      this.#running.delete(record.envelope.slot);
    }
    const settled = { ...record, settled: true };
    this.#records.set(id, settled);
    await this.#options.storage.save(settled).catch(this.#options.onError);
  }

  // A settled command is remembered until it could not be begun any more.
  async #forgetOld(): Promise<void> {
    const now = this.#options.serverNow();
    const settled = [...this.#records.values()].filter((record) => record.settled);
    const excess = settled.length - MAX_REMEMBERED;
    const old = settled.filter(
      ({ envelope }, index) => envelope.expiresAt <= now || index < excess,
    );
    if (old.length === 0) return;
    const ids = old.map(({ envelope }) => envelope.id);
    for (const id of ids) this.#records.delete(id);
    await this.#options.storage.remove(ids).catch(this.#options.onError);
  }

  #noteBegun({ slot, seq }: CommandEnvelope): void {
    this.#latest.set(slot, Math.max(seq, this.#latest.get(slot) ?? 0));
  }

  #isRunning({ id, slot }: CommandEnvelope): boolean {
    return this.#running.get(slot)?.id === id;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch(this.#options.onError);
    return this.#turn;
  }
}

function receiptOf({ id, attempt }: CommandEnvelope): Receipt {
  return { id, attempt };
}

function failed({ id, attempt }: CommandEnvelope, code: string): Outcome {
  return { id, attempt, state: 'failed', error: { code } };
}
