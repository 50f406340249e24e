import {
  isSettled,
  type Outcome,
  type Receipt,
  RemoteDisplayError,
} from '@remote-display/protocol';
import type { Acceptance } from '../store/store.ts';
import { type Command, type CommandDraft, type Failure, toEnvelope } from './command.ts';
import { Contention } from './contention.ts';
import type { DeviceLink, DeviceMemory } from './device-link.ts';
import type { EngineOptions } from './engine-options.ts';
import { type Settlement, settle } from './lifecycle.ts';
import { Marks } from './marks.ts';
import { Outbox } from './outbox.ts';
import { Sweep } from './sweep.ts';
import { Waiters } from './waiters.ts';

/** A connected screen: its link, its outbox, and its one timer. */
interface Connection {
  screenId: string;
  link: DeviceLink;
  outbox: Outbox;
  started: boolean;
  wakeAt: number;
  cancelWake: () => void;
}

/**
 * accept -> dispatch -> settle. Every command that the store has accepted ends exactly once; the
 * store decides each move, the engine decides what is tried next.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #connections = new Map<string, Connection>();
  readonly #waiters: Waiters;
  readonly #marks: Marks;
  // Accepts and cancels under way: an end told early must not overtake them.
  readonly #contention = new Contention();
  readonly #sweep: Sweep;
  #draining = false;
  #underWay = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#waiters = new Waiters(options.clock, options.waiterLimit);
    this.#marks = new Marks(
      options.clock,
      (marks) => options.commands.mark(marks),
      options.onError,
    );
    this.#sweep = new Sweep({
      commands: options.commands,
      clock: options.clock,
      graceMs: options.outcomeTimeoutMs,
      retentionMs: options.retentionMs,
      before: () => this.#marks.flush(),
      onExpired: (command) => this.#ended(command),
      onError: options.onError,
    });
  }

  /** Begins to look, time and again, for what has expired. */
  start(): void {
    this.#sweep.start();
  }

  /** Puts a command into its screen's outbox. Once this resolves, the command will end in a truth. */
  async accept(draft: CommandDraft): Promise<Exclude<Acceptance, { kind: 'conflict' }>> {
    if (this.#draining) throw new RemoteDisplayError('SERVER_DRAINING');
    const acceptance = await this.#contention.during(slotKey(draft), () =>
      this.#options.commands.accept(draft),
    );
    if (acceptance.kind === 'conflict') throw new RemoteDisplayError('IDEMPOTENCY_CONFLICT');
    if (acceptance.kind === 'accepted') {
      const { command, superseded } = acceptance;
      for (const older of superseded) this.#ended(older);
      this.#options.events.emit('command.accepted', { command });
      const connection = this.#connections.get(command.screenId);
      connection?.outbox.add(command);
      if (connection) this.#pump(connection);
    }
    return acceptance;
  }

  async find(id: string): Promise<Command | undefined> {
    // Marks first: whoever asks is told how far the command really is.
    this.#marks.flush();
    return this.#options.commands.find(id);
  }

  /** The first command under a key, if the key is still kept and says the same. */
  async recall(key: string, fingerprint: string): Promise<Command | undefined> {
    const found = await this.#options.commands.recall(key, this.#options.clock.now());
    if (found === undefined) return undefined;
    if (found.fingerprint !== fingerprint) throw new RemoteDisplayError('IDEMPOTENCY_CONFLICT');
    return found.command;
  }

  /** Waits until a command has ended, at most `timeoutMs`; answers it as it then is. */
  async wait(command: Command, timeoutMs: number, signal?: AbortSignal): Promise<Command> {
    if (isSettled(command.state)) return command;
    if (this.#waiters.full)
      throw new RemoteDisplayError('OVERLOADED', { detail: 'too many waiters' });
    const ended = this.#waiters.wait(command.id, timeoutMs, signal);
    // It may have ended between the caller's look and the wait.
    if (!this.#isOurs(command)) {
      const now = await this.find(command.id);
      if (now !== undefined && isSettled(now.state)) this.#waiters.tell(now);
    }
    return (await ended) ?? (await this.find(command.id)) ?? command;
  }

  /** Calls off a command that still waits. */
  async cancel(id: string, subject: string): Promise<Command> {
    const command = await this.find(id);
    if (command === undefined) throw new RemoteDisplayError('COMMAND_NOT_FOUND');
    const { moved, command: after } = await this.#contention.during(id, () =>
      this.#settle(id, { state: 'cancelled', at: this.#now(), by: subject, from: ['queued'] }),
    );
    // Called off before is called off: the same answer for the same wish.
    if (!moved && after?.state !== 'cancelled')
      throw new RemoteDisplayError('COMMAND_NOT_CANCELLABLE');
    return after ?? command;
  }

  /**
   * A device has connected; from here on it is the only one of its screen. Answers what it may
   * forget; `start` begins dispatch.
   */
  async connect(
    screenId: string,
    link: DeviceLink,
    { held, outcomes }: DeviceMemory,
  ): Promise<{ settled: string[]; start: () => void }> {
    const connection: Connection = {
      screenId,
      link,
      outbox: new Outbox(this.#options),
      started: false,
      wakeAt: Infinity,
      cancelWake: () => {},
    };
    this.disconnect(screenId);
    this.#connections.set(screenId, connection);
    try {
      this.#marks.flush();
      const settled = await this.#note(connection, outcomes);
      const { outbox } = connection;
      outbox.load(await this.#options.commands.outbox(screenId, this.#options.outboxLimit));
      if (this.#connections.get(screenId) !== connection)
        throw new RemoteDisplayError('SCREEN_TAKEN_OVER');
      const now = this.#now();
      for (const { id, attempt } of held) {
        if (outbox.get(id) === undefined) settled.push(id);
        else this.#marks.add(outbox.adopt(id, attempt, now));
      }
      const start = () => {
        connection.started = true;
        this.#pump(connection);
      };
      return { settled, start };
    } catch (error) {
      this.disconnect(screenId, link);
      throw error;
    }
  }

  /** The connection is gone. Its commands stay in the store, and wait for the next one. */
  disconnect(screenId: string, link?: DeviceLink): void {
    const connection = this.#connections.get(screenId);
    if (connection === undefined || (link !== undefined && connection.link !== link)) return;
    connection.cancelWake();
    this.#connections.delete(screenId);
  }

  /** A device reports receipts and outcomes. Answers the commands whose news the store has. */
  async report(
    screenId: string,
    link: DeviceLink,
    { receipts, outcomes }: { receipts: readonly Receipt[]; outcomes: readonly Outcome[] },
  ): Promise<string[]> {
    const connection = this.#connections.get(screenId);
    if (connection?.link !== link) throw new RemoteDisplayError('SCREEN_TAKEN_OVER');
    const now = this.#now();
    const ends = new Set(outcomes.map(({ id }) => id));
    for (const { id, attempt } of [...receipts, ...outcomes]) {
      const news = connection.outbox.received(id, attempt, now);
      if (news === undefined) continue;
      this.#marks.add(news);
      const command = connection.outbox.get(id);
      if (command) this.#options.events.emit('command.received', { command, at: now });
    }
    // A receipt without its outcome gives the device more time.
    if (ends.size < receipts.length) this.#arm(connection);
    return this.#note(connection, outcomes);
  }

  /** How many screens are connected here. */
  get connected(): number {
    return this.#connections.size;
  }

  /** Accepts nothing new, and resolves when nothing is in flight here, at the latest after `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    const end = this.#now() + timeoutMs;
    while (this.#now() < end && this.#isBusy()) await this.#pause(20);
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Lets go of everything that could run later. */
  async stop(): Promise<void> {
    this.#draining = true;
    this.#sweep.stop();
    for (const screenId of [...this.#connections.keys()]) this.disconnect(screenId);
    await this.#marks.close();
  }

  async #note(connection: Connection, outcomes: readonly Outcome[]): Promise<string[]> {
    const noted = await Promise.all(outcomes.map((outcome) => this.#noteOne(connection, outcome)));
    return noted.filter((id) => id !== undefined);
  }

  // Answers the id once the store has the news, nothing where it could not take it.
  async #noteOne(connection: Connection, outcome: Outcome): Promise<string | undefined> {
    const { screenId } = connection;
    const at = this.#now();
    try {
      if (outcome.state === 'shown') {
        const { id, attempt, evidence } = outcome;
        const settlement: Settlement = { state: 'shown', at, attempt, evidence, screenId };
        this.#tellEarly(connection, id, settlement);
        await this.#settle(id, settlement);
      } else {
        const { code = 'HANDLER_FAILED', detail } = outcome.error ?? {};
        await this.#failed(connection, outcome, { code, detail }, at);
      }
      return outcome.id;
    } catch (error) {
      this.#options.onError(error);
      return undefined;
    }
  }

  /**
   * Whoever waits for `shown` may be told before the store has it, since the device keeps an
   * outcome until then. Not where another move of the command could be on its way to the store.
   */
  #tellEarly({ outbox }: Connection, id: string, settlement: Settlement): void {
    const command = outbox.get(id);
    if (command === undefined || this.#options.shared) return;
    if (this.#contention.has(slotKey(command)) || this.#contention.has(id)) return;
    const shown = settle(command, settlement);
    if (shown) this.#waiters.tell(shown);
  }

  async #failed(
    { screenId, outbox }: Connection,
    { id, attempt }: Receipt,
    error: Failure,
    at: number,
  ): Promise<void> {
    const command = outbox.get(id) ?? (await this.#options.commands.find(id));
    if (command === undefined || command.screenId !== screenId || attempt < command.attempt) return;
    outbox.extend(id, at);
    const { type, expiresAt } = command;
    const wait =
      error.code === 'COMMAND_EXPIRED'
        ? undefined
        : this.#options.retryPolicy({ type, attempt, error });
    if (wait === undefined || at + wait >= expiresAt) {
      const state = error.code === 'COMMAND_EXPIRED' ? 'expired' : 'dead';
      await this.#settle(id, { state, at, attempt, error, screenId });
      return;
    }
    const notBefore = at + wait;
    this.#marks.drop(id);
    const waiting = await this.#options.commands.retry(id, { attempt, at, notBefore, error });
    if (waiting === undefined) return;
    this.#options.events.emit('command.retrying', { command: waiting, error, notBefore });
    // The screen may have reconnected meanwhile: whoever holds it now goes on.
    const connection = this.#connections.get(screenId);
    connection?.outbox.requeue(waiting);
    if (connection) this.#pump(connection);
  }

  // The only way to an end.
  async #settle(
    id: string,
    settlement: Settlement,
  ): Promise<{ moved: boolean; command: Command | undefined }> {
    this.#underWay++;
    try {
      // How far the command had come belongs to its story, so it goes to the store before its end.
      this.#marks.flush(id);
      const result = await this.#options.commands.settle(id, settlement);
      if (result.command && isSettled(result.command.state)) {
        if (result.moved) this.#ended(result.command);
        else this.#released(result.command);
      }
      return result;
    } finally {
      this.#underWay--;
    }
  }

  #ended(command: Command): void {
    this.#released(command);
    this.#waiters.tell(command);
    this.#options.events.emit('command.settled', { command });
    if (command.state === 'dead') this.#options.events.emit('command.dead', { command });
  }

  #released(command: Command): void {
    this.#marks.drop(command.id);
    const connection = this.#connections.get(command.screenId);
    if (connection?.outbox.remove(command.id)) this.#pump(connection);
  }

  #pump(connection: Connection): void {
    if (!connection.started) return;
    const now = this.#now();
    const ready = connection.outbox.take(now);
    if (ready.length > 0) {
      for (const command of ready) {
        const { id, attempt } = command;
        this.#marks.add({ id, state: 'dispatched', attempt, at: now });
        this.#options.events.emit('command.dispatched', { command, at: now });
      }
      connection.link.send(ready.map(toEnvelope));
    }
    this.#arm(connection);
  }

  #arm(connection: Connection): void {
    const now = this.#now();
    const next = connection.outbox.nextWake(now);
    // A timer that fires too early only looks again; so it is moved forwards, never back.
    if (next === undefined || next >= connection.wakeAt) return;
    connection.cancelWake();
    connection.wakeAt = next;
    connection.cancelWake = this.#options.clock.schedule(Math.max(0, next - now), () => {
      connection.wakeAt = Infinity;
      this.#wake(connection);
    });
  }

  #wake(connection: Connection): void {
    const now = this.#now();
    const { outbox } = connection;
    const { expired, silent } = outbox.overdue(now);
    for (const { id } of expired) {
      outbox.remove(id);
      this.#settle(id, { state: 'expired', at: now, error: { code: 'COMMAND_EXPIRED' } }).catch(
        this.#options.onError,
      );
    }
    for (const { id, state, attempt } of silent) {
      const code = state === 'received' ? 'OUTCOME_TIMEOUT' : 'RECEIPT_TIMEOUT';
      outbox.extend(id, now);
      this.#failed(connection, { id, attempt }, { code }, now).catch(this.#options.onError);
    }
    this.#pump(connection);
  }

  // In this node's outbox and so not ended as far as anyone here knows.
  #isOurs({ id, screenId }: Command): boolean {
    return this.#connections.get(screenId)?.outbox.get(id) !== undefined;
  }

  #isBusy(): boolean {
    return this.#underWay > 0 || !this.#contention.isEmpty || this.#inFlight() > 0;
  }

  #inFlight(): number {
    let count = 0;
    for (const { outbox } of this.#connections.values()) count += outbox.inFlight;
    return count;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.schedule(ms, resolve));
  }

  #now(): number {
    return this.#options.clock.now();
  }
}

function slotKey({ screenId, slot }: Pick<Command, 'screenId' | 'slot'>): string {
  return `${screenId} ${slot}`;
}
