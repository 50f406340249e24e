import {
  type CommandEnvelope,
  type Outcome,
  type Receipt,
  RemoteDisplayError,
} from '@remote-display/protocol';
import { InboxRecords, isWaiting } from './inbox-records.ts';
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
  abort: AbortController;
  done: Promise<void>;
}

const MAX_SETTLED = 1_000;
// Far more than a server sends to a screen that confirms nothing.
const MAX_UNSETTLED = 1_000;
// A handler that crashes its worker each time must not do so for ever.
const MAX_BEGUN = 4;
// The protocol's own bound.
const MAX_ATTEMPT = 1_000;

/**
 * The device's side of a screen's commands. What it has is stored before it is confirmed, each
 * command runs once, those of one slot in order, and an outcome is kept until the server has it.
 */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #records = new InboxRecords(MAX_SETTLED);
  readonly #running = new Map<string, Running>();
  // Slots whose former command was told to stop and has not left yet.
  readonly #leaving = new Map<string, Promise<void>>();
  // Commands that are not taken. Not stored: asked again after a restart, the answer is the same.
  readonly #refusals = new Map<string, Outcome>();
  // One thing after the other, so that what is seen is what is stored. No turn waits for a handler.
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Remembers what was stored. Nothing is begun before `proceed`. */
  load(): Promise<void> {
    const loaded = this.#turn.then(async () => {
      for (const record of await this.#options.storage.load()) {
        if (!this.#canBeTold(record.envelope)) continue;
        // What is known here already is never older than what could be stored.
        if (!this.#records.get(record.envelope.id)) this.#records.set(record);
      }
    });
    this.#turn = loaded.catch(() => {});
    return loaded;
  }

  /** What the server is told at the start of a connection. */
  memory(): { held: Receipt[]; outcomes: Outcome[] } {
    const unsettled = this.#records.unsettled();
    return {
      held: unsettled.filter(isWaiting).map(({ envelope }) => receiptOf(envelope)),
      outcomes: [...unsettled.flatMap(({ outcome }) => outcome ?? []), ...this.#refusals.values()],
    };
  }

  /** Takes commands in. */
  async receive(envelopes: readonly CommandEnvelope[]): Promise<void> {
    await Promise.all(envelopes.map((envelope) => this.#inTurn(() => this.#receive(envelope))));
  }

  /** The connection is resumed: what has not ended goes on. */
  proceed(): Promise<void> {
    return this.#inTurn(async () => {
      this.#stopped = false;
      const waiting = this.#records
        .unsettled()
        .filter((record) => isWaiting(record) && !this.#isRunning(record.envelope))
        .sort((a, b) => a.envelope.seq - b.envelope.seq);
      for (const record of waiting) {
        const { id, slot, seq } = record.envelope;
        if (seq < this.#records.latest(slot)) await this.#settle(id);
        else await this.#begin(record);
      }
    });
  }

  /** The server has these outcomes. */
  confirmed(outcomes: readonly Outcome[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const { id, attempt } of outcomes) {
        if (this.#refusals.get(id)?.attempt === attempt) this.#refusals.delete(id);
        // The next attempt may have begun before the word about this one came.
        if (this.#records.get(id)?.outcome?.attempt === attempt) await this.#settle(id);
      }
    });
  }

  /** These have ended without us: whatever is at work for them stops. */
  dropped(ids: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const id of ids) {
        this.#refusals.delete(id);
        await this.#settle(id);
      }
    });
  }

  /** Stops everything at work; what had begun is taken up again at the next `proceed`. */
  stop(): void {
    this.#stopped = true;
    for (const slot of [...this.#running.keys()]) this.#leave(slot);
  }

  async #receive(envelope: CommandEnvelope): Promise<void> {
    // Neither confirmed nor begun: the server sends it again.
    if (this.#stopped || !this.#canBeTold(envelope)) return;
    const known = this.#records.get(envelope.id);
    const outcome = known?.outcome;
    // Shown is shown; and of a failed attempt the server has not heard yet.
    if (outcome && (outcome.state === 'shown' || envelope.attempt <= outcome.attempt))
      return this.#options.onOutcome(outcome);
    if (known && this.#isRunning(envelope)) {
      if (envelope.attempt > known.envelope.attempt) this.#records.set({ ...known, envelope });
      return this.#options.onReceipt(receiptOf(envelope), envelope);
    }
    const latest = this.#records.latest(envelope.slot);
    if (envelope.seq < latest || (envelope.seq === latest && !known))
      return this.#refuse(envelope, 'COMMAND_OVERTAKEN');
    if (!known && this.#records.unsettledCount >= MAX_UNSETTLED)
      return this.#refuse(envelope, 'OVERLOADED');
    await this.#begin({ envelope, begun: known ? begunBefore(known) : 0 }, () =>
      this.#options.onReceipt(receiptOf(envelope), envelope),
    );
  }

  // Not taken, and said so: what is dropped in silence never ends for whoever waits.
  async #refuse(envelope: CommandEnvelope, code: string): Promise<void> {
    const { id } = envelope;
    await this.#settle(id);
    const outcome = failed(envelope, code);
    this.#refusals.delete(id);
    this.#refusals.set(id, outcome);
    const [oldest] = this.#refusals.keys();
    // The server, which has not confirmed it, sends that command again.
    if (oldest !== undefined && this.#refusals.size > MAX_UNSETTLED) this.#refusals.delete(oldest);
    this.#options.onOutcome(outcome);
  }

  // Stored first; only then is the server told and the handler begun.
  async #begin(record: InboxRecord, onStored?: () => void): Promise<void> {
    const { envelope } = record;
    const isExpired = this.#isExpired(envelope);
    const begun: InboxRecord = { envelope, begun: record.begun + (isExpired ? 0 : 1) };
    // Neither confirmed nor begun: the server sends it again. What was at work goes on.
    if (!(await this.#isKept(begun))) return;
    this.#records.set(begun);
    if (this.#stopped) return;
    this.#refusals.delete(envelope.id);
    onStored?.();
    // A newer command has taken the slot: the server has ended what was there before.
    this.#leave(envelope.slot);
    if (begun.begun > MAX_BEGUN) await this.#end(begun, failed(envelope, 'INTERRUPTED'));
    else if (isExpired) await this.#end(begun, failed(envelope, 'COMMAND_EXPIRED'));
    else this.#start(envelope, record.begun > 0);
    for (const older of this.#records.waitingIn(envelope.slot))
      if (older.envelope.id !== envelope.id) await this.#settle(older.envelope.id);
  }

  #start(envelope: CommandEnvelope, interrupted: boolean): void {
    const { id, slot } = envelope;
    const abort = new AbortController();
    const work = async (): Promise<void> => {
      if (abort.signal.aborted) return;
      const outcome = await this.#run(envelope, { signal: abort.signal, interrupted });
      // An end that comes after the order to stop may be that order's doing.
      if (!abort.signal.aborted) await this.#inTurn(() => this.#ended(running, slot, outcome));
    };
    const running: Running = { id, abort, done: Promise.resolve() };
    this.#running.set(slot, running);
    // Its predecessor leaves before it begins.
    running.done = this.#leaving.get(slot)?.then(work) ?? work();
  }

  async #run(envelope: CommandEnvelope, context: Parameters<RunCommand>[1]): Promise<Outcome> {
    if (this.#isExpired(envelope)) return failed(envelope, 'COMMAND_EXPIRED');
    try {
      return await this.#options.run(envelope, context);
    } catch (error) {
      this.#options.onError(error);
      return failed(envelope, 'HANDLER_FAILED');
    }
  }

  async #ended(running: Running, slot: string, outcome: Outcome): Promise<void> {
    const record = this.#records.get(running.id);
    if (record && isWaiting(record)) {
      await this.#end(record, { ...outcome, attempt: record.envelope.attempt });
      // Begun again meanwhile, it waits for this very end: it is not needed any more.
      if (this.#running.get(slot) !== running && this.#isRunning(record.envelope))
        this.#leave(slot);
    }
    if (this.#running.get(slot) === running) this.#running.delete(slot);
  }

  // The outcome is stored before it is told, so that a restart cannot make it untrue. Where the
  // storage fails it is told all the same: once the server has it, it need not be stored here.
  async #end(record: InboxRecord, outcome: Outcome): Promise<void> {
    const ended = { ...record, outcome };
    await this.#isKept(ended);
    this.#records.set(ended);
    this.#options.onOutcome(outcome);
  }

  async #settle(id: string): Promise<void> {
    const record = this.#records.get(id);
    if (!record || record.settled) return;
    if (this.#isRunning(record.envelope)) this.#leave(record.envelope.slot);
    const settled = { ...record, settled: true };
    this.#records.set(settled);
    // Where this fails, the next `resume` asks about it once more.
    await this.#isSaved(settled);
    const old = this.#records.forget(this.#options.serverNow());
    if (old.length > 0) await this.#remove(old);
  }

  // A storage that may be full is emptied of what is over, and tried once more.
  async #isKept(record: InboxRecord): Promise<boolean> {
    if (await this.#isSaved(record)) return true;
    const old = this.#records.makeRoom();
    if (old.length === 0) return false;
    await this.#remove(old);
    return this.#isSaved(record);
  }

  async #isSaved(record: InboxRecord): Promise<boolean> {
    try {
      await this.#options.storage.save(record);
      return true;
    } catch (error) {
      this.#options.onError(error);
      return false;
    }
  }

  // What stays in the storage against our will is settled there too, and goes another time.
  async #remove(ids: string[]): Promise<void> {
    try {
      await this.#options.storage.remove(ids);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  // Whatever is at work in the slot is told to stop.
  #leave(slot: string): void {
    const running = this.#running.get(slot);
    if (!running) return;
    running.abort.abort();
    this.#running.delete(slot);
    const left = Promise.all([this.#leaving.get(slot), running.done]).then(() => {
      if (this.#leaving.get(slot) === left) this.#leaving.delete(slot);
    });
    this.#leaving.set(slot, left);
  }

  // The server refuses a whole message for one number that is out of bounds, and with it all others' news.
  #canBeTold({ id, attempt }: CommandEnvelope): boolean {
    if (Number.isInteger(attempt) && attempt >= 1 && attempt <= MAX_ATTEMPT) return true;
    const detail = `attempt ${attempt} of ${id}`;
    this.#options.onError(new RemoteDisplayError('INVALID_REQUEST', { detail }));
    return false;
  }

  #isRunning({ id, slot }: CommandEnvelope): boolean {
    return this.#running.get(slot)?.id === id;
  }

  #isExpired({ expiresAt }: CommandEnvelope): boolean {
    return expiresAt <= this.#options.serverNow();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch(this.#options.onError);
    return this.#turn;
  }
}

// An attempt that its handler ended leaves the next one a clean start. Where it was ended without its
// handler, what was begun before may stand there all the same.
function begunBefore({ begun, outcome }: InboxRecord): number {
  if (!outcome) return begun;
  const { code } = outcome.error ?? {};
  return code === 'COMMAND_EXPIRED' || code === 'INTERRUPTED' ? Math.min(begun, 1) : 0;
}

function receiptOf({ id, attempt }: CommandEnvelope): Receipt {
  return { id, attempt };
}

function failed({ id, attempt }: CommandEnvelope, code: string): Outcome {
  return { id, attempt, state: 'failed', error: { code } };
}
