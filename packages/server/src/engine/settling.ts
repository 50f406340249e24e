import {
  isSettled,
  type Outcome,
  type Receipt,
  RemoteDisplayError,
} from '@remote-display/protocol';
import type { CommandStore } from '../store/store.ts';
import { type Clock, momentOf } from './clock.ts';
import type { Command, Failure } from './command.ts';
import type { DomainEmitter } from './events.ts';
import { type Settlement, settle } from './lifecycle.ts';
import type { Marks } from './marks.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { ScreenConnection } from './screen-connection.ts';
import type { Waiters } from './waiters.ts';

export interface SettlingOptions {
  commands: CommandStore;
  clock: Clock;
  events: DomainEmitter;
  retryPolicy: RetryPolicy;
  marks: Marks;
  waiters: Waiters;
  /** Who holds a screen's connection now. */
  connectionOf: (screenId: string) => ScreenConnection | undefined;
  /** Tells, while the work lasts, that another end of the command may be on its way. */
  deciding: <T>(id: string, work: () => Promise<T>) => Promise<T>;
  /** Whether an end may be told before the store has it. */
  mayTellEarly: (command: Command) => boolean;
  /** The outbox has to be read again. */
  onStale: (connection: ScreenConnection) => void;
  onError: (error: unknown) => void;
}

/** dispatch -> settle: what a device's outcomes, its silence and the callers make of a command. */
export class Settling {
  readonly #options: SettlingOptions;
  // Told as shown before the store has it: nothing else may end these first.
  readonly #told = new Map<string, { command: Command; settlement: Settlement }>();
  #underWay = 0;

  constructor(options: SettlingOptions) {
    this.#options = options;
  }

  /** How many ends are on their way to the store. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Notes outcomes. Answers the ids whose news the store has; the others are to be told again. */
  async note(connection: ScreenConnection, outcomes: readonly Outcome[]): Promise<string[]> {
    const noted = await Promise.all(
      outcomes.map(async (outcome) => {
        try {
          await this.#noteOne(connection, outcome);
          return outcome.id;
        } catch (error) {
          this.#options.onError(error);
          return undefined;
        }
      }),
    );
    return noted.filter((id) => id !== undefined);
  }

  /** An attempt failed on the server's word: the device is silent, or has forgotten the command. */
  fail(connection: ScreenConnection, { id, attempt }: Receipt, error: Failure): void {
    connection.outbox.extend(id, momentOf(this.#options.clock));
    this.#failed(connection, { id, attempt }, error).catch(this.#options.onError);
  }

  /** Sees to it that what was told early is in the store; rejects where it cannot be kept yet. */
  async keepWord(concerns: (command: Command) => boolean = () => true): Promise<void> {
    for (const { command, settlement } of [...this.#told.values()])
      if (concerns(command)) await this.settle(command.id, settlement);
  }

  /** Calls off what still waits. */
  async callOff(
    { id, screenId }: Command,
    by: string,
  ): Promise<{ moved: boolean; command: Command | undefined }> {
    const { clock, connectionOf } = this.#options;
    try {
      await this.keepWord((told) => told.id === id);
      const at = clock.now();
      return await this.settle(id, { state: 'cancelled', at, by, from: ['queued'] });
    } catch (error) {
      connectionOf(screenId)?.doubt();
      throw error;
    }
  }

  /** The only way to an end. */
  async settle(
    id: string,
    settlement: Settlement,
  ): Promise<{ moved: boolean; command: Command | undefined }> {
    const { commands, marks } = this.#options;
    this.#underWay++;
    try {
      // How far the command had come belongs to its story, so it goes to the store before its end.
      marks.flush(id);
      const result = await commands.settle(id, settlement);
      const { command, moved } = result;
      if (command === undefined || isSettled(command.state)) this.#told.delete(id);
      if (command === undefined) this.released(id, settlement.screenId);
      else if (moved) this.ended(command);
      else if (isSettled(command.state)) {
        this.released(id, command.screenId);
        this.#options.waiters.tell(command);
      }
      return result;
    } finally {
      this.#underWay--;
    }
  }

  /** A command has ended, by whatever store operation of this node. */
  ended(command: Command): void {
    const { waiters, events } = this.#options;
    this.released(command.id, command.screenId);
    waiters.tell(command);
    events.emit('command.settled', { command });
    if (command.state === 'dead') events.emit('command.dead', { command });
  }

  /** A command is no longer of concern to its screen's connection. */
  released(id: string, screenId: string | undefined): void {
    this.#options.marks.drop(id);
    const connection = screenId === undefined ? undefined : this.#options.connectionOf(screenId);
    if (connection?.outbox.remove(id)) connection.pump();
  }

  async #noteOne(connection: ScreenConnection, outcome: Outcome): Promise<void> {
    const { screenId } = connection;
    if (outcome.state === 'failed') {
      const { code = 'HANDLER_FAILED', detail } = outcome.error ?? {};
      await this.#failed(connection, outcome, { code, detail });
      // Where a newer connection has taken over it may not have been noted: the device tells that one.
      if (this.#options.connectionOf(screenId) !== connection)
        throw new RemoteDisplayError('SCREEN_TAKEN_OVER');
      return;
    }
    const { id, attempt, evidence } = outcome;
    const at = this.#options.clock.now();
    const settlement: Settlement = { state: 'shown', at, attempt, evidence, screenId };
    // The device keeps the outcome until the store has it, so whoever waits may hear it now.
    const command = connection.outbox.get(id);
    const shown = command && this.#options.mayTellEarly(command) && settle(command, settlement);
    if (shown && this.#options.waiters.has(id)) {
      this.#told.set(id, { command: shown, settlement });
      this.#options.waiters.tell(shown);
    }
    await this.settle(id, settlement);
  }

  async #failed(
    connection: ScreenConnection,
    { id, attempt }: Receipt,
    given: Failure,
  ): Promise<void> {
    const { commands, clock, events, marks, retryPolicy } = this.#options;
    const { connectionOf, deciding, onStale } = this.#options;
    const { screenId, holder, outbox } = connection;
    await this.keepWord((told) => told.id === id);
    const command = outbox.get(id) ?? (await commands.find(id));
    if (command === undefined || command.screenId !== screenId || attempt < command.attempt) return;
    outbox.extend(id, momentOf(clock));
    const at = clock.now();
    const { type, expiresAt } = command;
    const isOver = given.code === 'COMMAND_EXPIRED' && at >= expiresAt;
    // By the server's clock a command is over, not by the device's idea of it.
    const error = given.code === 'COMMAND_EXPIRED' && !isOver ? { code: 'CLOCK_SKEW' } : given;
    const wait = isOver ? undefined : retryPolicy({ type, attempt, error });
    if (wait === undefined || at + wait >= expiresAt) {
      const state = isOver ? 'expired' : 'dead';
      const end = { state, at, attempt, error, screenId, holder } as const;
      const { moved } = await deciding(id, () => this.settle(id, end));
      if (!moved) onStale(connection);
      return;
    }
    const notBefore = at + wait;
    marks.flush(id);
    const waiting = await deciding(id, () =>
      commands.retry(id, { attempt, at, notBefore, error, holder }),
    );
    if (waiting === undefined) return onStale(connection);
    events.emit('command.retrying', { command: waiting, error, notBefore });
    // The screen may have reconnected meanwhile: whoever holds it now goes on.
    const current = connectionOf(screenId);
    current?.outbox.requeue(waiting, momentOf(clock));
    current?.pump();
  }
}
