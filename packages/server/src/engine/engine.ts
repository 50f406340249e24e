import {
  isSettled,
  type Outcome,
  type Receipt,
  RemoteDisplayError,
} from '@remote-display/protocol';
import type { Acceptance, ScreenNews } from '../store/store.ts';
import { momentOf } from './clock.ts';
import type { Command, CommandDraft } from './command.ts';
import { Contention } from './contention.ts';
import type { DeviceLink, DeviceMemory } from './device-link.ts';
import type { EngineOptions } from './engine-options.ts';
import { inParallel } from './in-parallel.ts';
import { Marks } from './marks.ts';
import { ScreenConnection } from './screen-connection.ts';
import { Settling } from './settling.ts';
import { Sweep } from './sweep.ts';
import { Waiting } from './waiting.ts';

// How many screens are looked up at once, and in turn in each sweep.
const LOOKS = 16;

/**
 * accept -> dispatch -> settle. Every command that the store has accepted ends exactly once; the
 * store decides each move, the engine decides what is tried next.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #connections = new Map<string, ScreenConnection>();
  readonly #waiting: Waiting;
  readonly #marks: Marks;
  // Accepts and cancels under way: an end told early must not overtake them.
  readonly #contention = new Contention();
  readonly #settling: Settling;
  readonly #sweep: Sweep;
  #stopGaps: () => void = () => {};
  #holders = 0;
  #looked = 0;
  #draining = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { commands, clock, onError } = options;
    this.#waiting = new Waiting({
      ...options,
      limit: options.waiterLimit,
      news: options.news,
      find: (id) => this.find(id),
      isHere: ({ id, screenId }) => this.#connections.get(screenId)?.outbox.get(id) !== undefined,
    });
    this.#marks = new Marks(clock, (marks) => commands.mark(marks), onError);
    this.#settling = new Settling({
      ...options,
      marks: this.#marks,
      waiters: this.#waiting.waiters,
      connectionOf: (screenId) => this.#connections.get(screenId),
      deciding: (id, work) => this.#contention.during(id, work),
      mayTellEarly: (command) => this.#mayTellEarly(command),
      onStale: (connection) => connection.lookUp(),
    });
    this.#sweep = new Sweep({
      ...options,
      graceMs: options.outcomeTimeoutMs,
      before: () => this.#beforeSweep(),
      beforeExpiry: () => {
        // What is under way has more time than what waits: the store must know which is which.
        this.#marks.flush();
        return this.#settling.keepWord();
      },
      onExpired: (command) => this.#settling.ended(command),
    });
  }

  /** Begins to look, time and again, for what has expired, and to hear of other nodes. */
  start(): void {
    this.#sweep.start();
    this.#stopGaps = this.#options.news?.onGap(() => void this.#catchUp()) ?? (() => {});
  }

  /** Puts a command into its screen's outbox. Once this resolves, the command will end in a truth. */
  async accept(
    draft: CommandDraft,
  ): Promise<Exclude<Acceptance, { kind: 'conflict' } | { kind: 'full' }>> {
    if (this.#draining) throw new RemoteDisplayError('SERVER_DRAINING');
    const { screenId } = draft;
    let acceptance: Acceptance;
    try {
      acceptance = await this.#contention.during(slotKey(draft), async () => {
        await this.#settling.keepWord((told) => slotKey(told) === slotKey(draft));
        return this.#options.commands.accept(draft);
      });
    } catch (error) {
      // It may be in the store all the same: then it is found there.
      this.#connections.get(screenId)?.doubt();
      throw error;
    }
    if (acceptance.kind === 'conflict') throw new RemoteDisplayError('IDEMPOTENCY_CONFLICT');
    if (acceptance.kind === 'full') throw new RemoteDisplayError('QUEUE_FULL');
    const { command } = acceptance;
    if (acceptance.kind === 'accepted') {
      for (const older of acceptance.superseded) this.#settling.ended(older);
      this.#options.events.emit('command.accepted', { command });
    }
    // A repeated one may have come in by an accept whose answer was lost.
    if (!isSettled(command.state)) this.#dispatch(command, draft.queue);
    return acceptance;
  }

  async find(id: string): Promise<Command | undefined> {
    // Marks first: whoever asks is told how far the command really is.
    this.#marks.flush();
    return this.#options.commands.find(id);
  }

  /** The first command under one of the keys, if that is still kept and says the same. */
  async recall(keys: readonly string[], fingerprint: string): Promise<Command | undefined> {
    const found = await this.#options.commands.recall(keys, this.#options.clock.now());
    if (found === undefined) return undefined;
    if (found.fingerprint !== fingerprint) throw new RemoteDisplayError('IDEMPOTENCY_CONFLICT');
    return found.command;
  }

  /** Waits until a command has ended, at most `timeoutMs`; answers it as it then is. */
  wait(command: Command, timeoutMs: number, signal?: AbortSignal): Promise<Command> {
    return this.#waiting.wait(command, timeoutMs, signal);
  }

  /** Calls off a command that still waits. */
  async cancel(id: string, subject: string): Promise<Command> {
    const command = await this.find(id);
    if (command === undefined) throw new RemoteDisplayError('COMMAND_NOT_FOUND');
    const outbox = this.#connections.get(command.screenId)?.outbox;
    // The store may not have heard yet that it is under way.
    if (outbox?.isInFlight(id)) throw new RemoteDisplayError('COMMAND_NOT_CANCELLABLE');
    const release = outbox?.withhold(id);
    const { moved, command: after } = await this.#contention
      .during(id, () => this.#settling.callOff(command, subject))
      .finally(() => {
        release?.();
        this.#connections.get(command.screenId)?.pump();
      });
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
    const { commands, clock, nodeId, outboxLimit, news } = this.#options;
    const holder = `${nodeId}.${++this.#holders}~${link.instance}`;
    const connection = new ScreenConnection({
      screenId,
      link,
      holder,
      clock,
      outbox: this.#options,
      onDispatched: (sent, at) => this.#onDispatched(sent, at),
      onSilent: (silent) => this.#onSilent(connection, silent),
      read: () => commands.outbox(screenId, outboxLimit),
      onGone: (ids) => this.#gone(ids),
      onError: this.#options.onError,
    });
    this.disconnect(screenId);
    this.#connections.set(screenId, connection);
    try {
      this.#marks.flush();
      // Listening first: what happens between the reading and the listening would be missed.
      if (news) {
        const stop = await news.subscribe(screenId, this.#listener(connection));
        connection.stopNews = stop;
        if (this.#connections.get(screenId) !== connection) stop();
      }
      // One that was replaced meanwhile must not take the screen from its successor.
      this.#mustBeCurrent(connection);
      await connection.outbox.load(
        () => commands.hold(screenId, holder, outboxLimit),
        () => momentOf(clock),
      );
      connection.holds = true;
      // Its own news may have been among those missed.
      connection.heard ||= connection.missed;
      const settled = await this.#settling.note(connection, outcomes);
      this.#mustBeCurrent(connection);
      settled.push(...this.#compare(connection, held, outcomes));
      return { settled, start: () => connection.start() };
    } catch (error) {
      if (this.#connections.get(screenId) === connection) this.disconnect(screenId);
      throw error;
    }
  }

  /** The connection is gone. Its commands stay in the store, and wait for the next one. */
  disconnect(screenId: string, link?: DeviceLink): void {
    const connection = this.#connections.get(screenId);
    if (connection === undefined || (link !== undefined && connection.link !== link)) return;
    connection.close();
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
    const now = momentOf(this.#options.clock);
    for (const { id, attempt } of [...receipts, ...outcomes]) {
      const news = connection.outbox.received(id, attempt, now);
      if (news === undefined) continue;
      this.#marks.add(news);
      const command = connection.outbox.get(id);
      if (command) this.#options.events.emit('command.received', { command, at: now.wall });
    }
    // A receipt without its outcome gives the device more time.
    if (outcomes.length < receipts.length) connection.arm();
    return this.#settling.note(connection, outcomes);
  }

  /** How many screens are connected here. */
  get connected(): number {
    return this.#connections.size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Accepts nothing new, and resolves when nothing is in flight here, at the latest after `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    const { clock } = this.#options;
    this.#draining = true;
    const end = clock.monotonic() + timeoutMs;
    while (clock.monotonic() < end && this.#isBusy())
      await new Promise<void>((resolve) => clock.schedule(20, resolve));
    // Whoever still waits is told how far it has come, and asks another node.
    this.#waiting.waiters.release();
  }

  /** Lets go of everything that could run later. */
  async stop(): Promise<void> {
    this.#draining = true;
    this.#sweep.stop();
    this.#stopGaps();
    for (const screenId of [...this.#connections.keys()]) this.disconnect(screenId);
    await this.#marks.close();
  }

  #mustBeCurrent(connection: ScreenConnection): void {
    if (this.#connections.get(connection.screenId) !== connection)
      throw new RemoteDisplayError('SCREEN_TAKEN_OVER');
  }

  #dispatch(command: Command, queue: CommandDraft['queue']): void {
    const connection = this.#connections.get(command.screenId);
    if (connection === undefined || connection.outbox.knows(command.id)) return;
    // What waits its turn may wait behind something that another node accepted, and of that the news
    // alone tell in the right order; the command's own are among them.
    if (this.#options.news && queue === 'all') connection.expect(command.id);
    else connection.arrived(command);
  }

  #onDispatched(sent: readonly Command[], at: number): void {
    for (const command of sent) {
      const { id, attempt } = command;
      this.#marks.add({ id, state: 'dispatched', attempt, at });
      this.#options.events.emit('command.dispatched', { command, at });
    }
  }

  #onSilent(connection: ScreenConnection, silent: readonly Command[]): void {
    for (const { id, state, attempt } of silent) {
      const code = state === 'received' ? 'OUTCOME_TIMEOUT' : 'RECEIPT_TIMEOUT';
      this.#settling.fail(connection, { id, attempt }, { code });
    }
  }

  /**
   * What the device has, against what it should have. What it has is awaited; what it had once and
   * has no more failed there. Answers what it may forget.
   */
  #compare(
    connection: ScreenConnection,
    held: readonly Receipt[],
    outcomes: readonly Outcome[],
  ): string[] {
    const { outbox } = connection;
    const now = momentOf(this.#options.clock);
    const known = new Set([...held, ...outcomes].map(({ id }) => id));
    for (const { id, attempt, state } of outbox.commands()) {
      if (state !== 'received' || known.has(id)) continue;
      outbox.adopt(id, attempt, now);
      this.#settling.fail(connection, { id, attempt }, { code: 'DEVICE_RESTARTED' });
    }
    const over: string[] = [];
    for (const { id, attempt } of held) {
      if (outbox.get(id) === undefined) over.push(id);
      else this.#marks.add(outbox.adopt(id, attempt, now));
    }
    return over;
  }

  async #gone(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      this.#marks.drop(id);
      await this.#waiting.tellIfEnded(id);
    }
  }

  async #beforeSweep(): Promise<void> {
    this.#marks.flush();
    const connections = [...this.#connections.values()];
    const doubtful = connections.filter(({ inDoubt }) => inDoubt);
    await inParallel(doubtful, LOOKS, (each) => each.refresh());
    // News that were lost without a word are found by looking, at a few screens in each round.
    if (this.#options.news === undefined) return;
    for (let looked = 0; looked < Math.min(LOOKS, connections.length); looked++)
      connections[this.#looked++ % connections.length]?.lookUp();
  }

  // News may have been missed: everything that could have been in it is looked up.
  async #catchUp(): Promise<void> {
    const connections = [...this.#connections.values()];
    for (const connection of connections) {
      // Their own news may have been among those missed; what comes from here on is later.
      connection.heard ||= connection.holds;
      connection.missed = true;
      // All at once: what is told from here on may come after something that was missed.
      connection.doubt();
    }
    await inParallel(connections, LOOKS, async (connection) => {
      await this.#makeSure(connection);
      await connection.refresh();
    });
    await this.#waiting.catchUp().catch(this.#options.onError);
  }

  // Whether it still holds its screen, where the news of another may have been missed.
  async #makeSure(connection: ScreenConnection): Promise<void> {
    const { screenId, holder, holds } = connection;
    if (!holds) return;
    try {
      const current = await this.#options.commands.holder(screenId);
      const isReplaced = current !== undefined && current !== holder;
      if (isReplaced && this.#connections.get(screenId) === connection)
        this.#makeWay(connection, current);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #listener(connection: ScreenConnection): (news: ScreenNews) => void {
    const { screenId, holder } = connection;
    return (news) => {
      if (news.kind === 'accepted') {
        for (const id of news.superseded) this.#heardOfEnd(screenId, id);
        connection.arrived(news.command);
      } else if (news.kind === 'settled') this.#heardOfEnd(screenId, news.id);
      else if (news.holder === holder) connection.heard = true;
      else if (connection.heard) this.#makeWay(connection, news.holder);
    };
  }

  #makeWay({ screenId, link }: ScreenConnection, holder: string): void {
    this.disconnect(screenId, link);
    link.takenOver(holder.endsWith(`~${link.instance}`));
  }

  #heardOfEnd(screenId: string, id: string): void {
    this.#settling.released(id, screenId);
    this.#waiting.tellIfEnded(id).catch(this.#options.onError);
  }

  #mayTellEarly(command: Command): boolean {
    const { news, clock } = this.#options;
    // What is past its time the sweep may be ending at this moment.
    if (news !== undefined || command.expiresAt <= clock.now()) return false;
    if (this.#connections.get(command.screenId)?.inDoubt !== false) return false;
    return !this.#contention.has(slotKey(command)) && !this.#contention.has(command.id);
  }

  #isBusy(): boolean {
    if (this.#settling.underWay > 0 || !this.#contention.isEmpty) return true;
    return [...this.#connections.values()].some(({ outbox }) => outbox.inFlight > 0);
  }
}

function slotKey({ screenId, slot }: Pick<Command, 'screenId' | 'slot'>): string {
  return `${screenId} ${slot}`;
}
