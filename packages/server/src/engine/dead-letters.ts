import { RemoteDisplayError } from '@remote-display/protocol';
import type { DeadLetter, DeadLetterFilter, DeadLetterStore } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { Command, CommandDraft } from './command.ts';
import type { Engine } from './engine.ts';

export interface DeadLettersOptions {
  engine: Engine;
  store: DeadLetterStore;
  newId: (screenId: string) => string;
  clock: Clock;
  /** How many unsettled commands a screen may have. */
  maxUnsettled: number;
}

/** What became of one of many. */
export type Redriven = { id: string } & ({ command: Command } | { error: unknown });

const PAGE = 200;

/** What ended in failure: looked at, tried again, or forgotten. */
export class DeadLetters {
  readonly #options: DeadLettersOptions;

  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  /** Throws `DEAD_LETTER_NOT_FOUND`. */
  async get(commandId: string): Promise<DeadLetter> {
    const letter = await this.#options.store.find(commandId);
    if (letter === undefined) throw new RemoteDisplayError('DEAD_LETTER_NOT_FOUND');
    return letter;
  }

  /** A page, the newest first; `after` is the `next` of the page before. */
  list(
    filter: DeadLetterFilter,
    page: { after?: string | undefined; limit: number },
  ): ReturnType<DeadLetterStore['list']> {
    return this.#options.store.list(filter, page);
  }

  /**
   * Tries it again as a new command that points at it. A second time answers the first one's, or
   * throws `DEAD_LETTER_REDRIVEN` where that is no longer kept.
   */
  async redrive(letter: DeadLetter, subject: string, requestId: string): Promise<Command> {
    const { engine, newId, clock, maxUnsettled } = this.#options;
    const { command, redrivenAs } = letter;
    if (redrivenAs !== undefined) {
      const first = await engine.find(redrivenAs);
      if (first) return first;
      throw new RemoteDisplayError('DEAD_LETTER_REDRIVEN', { detail: redrivenAs });
    }
    const createdAt = clock.now();
    const draft: CommandDraft = {
      id: newId(command.screenId),
      screenId: command.screenId,
      type: command.type,
      payload: command.payload,
      slot: command.slot,
      priority: command.priority,
      queue: 'latest',
      createdAt,
      expiresAt: createdAt + command.expiresAt - command.createdAt,
      subject,
      trace: { ...command.trace, requestId },
      redriveOf: command.id,
      keys: [],
      fingerprint: '',
      keyExpiresAt: createdAt,
      maxUnsettled,
    };
    return (await engine.accept(draft)).command;
  }

  /**
   * Tries again those that fit, the oldest `limit` of them in the order in which they died: whoever
   * asks until there are no more ends with the latest document on each display.
   */
  async redriveAll(
    filter: DeadLetterFilter,
    limit: number,
    reaches: (screenId: string) => boolean,
    by: { subject: string; requestId: string },
  ): Promise<{ results: Redriven[]; more: boolean }> {
    const letters: DeadLetter[] = [];
    let more = false;
    for await (const letter of this.#each({ ...filter, redriven: false }, reaches)) {
      letters.push(letter);
      // They come the newest first: those that were seen before wait for the next time.
      if (letters.length > limit) more = letters.shift() !== undefined;
    }
    const results: Redriven[] = [];
    for (const letter of letters.reverse()) {
      const { id } = letter.command;
      try {
        results.push({ id, command: await this.redrive(letter, by.subject, by.requestId) });
      } catch (error) {
        results.push({ id, error });
      }
    }
    return { results, more };
  }

  /** Forgets one; throws `DEAD_LETTER_NOT_FOUND`. */
  async discard(commandId: string): Promise<void> {
    if (!(await this.#options.store.discard(commandId)))
      throw new RemoteDisplayError('DEAD_LETTER_NOT_FOUND');
  }

  /** Forgets those that fit; answers how many. */
  async discardAll(
    filter: DeadLetterFilter,
    limit: number,
    reaches: (screenId: string) => boolean,
  ): Promise<{ discarded: number; more: boolean }> {
    let discarded = 0;
    for await (const { command } of this.#each(filter, reaches)) {
      if (discarded === limit) return { discarded, more: true };
      if (await this.#options.store.discard(command.id)) discarded++;
    }
    return { discarded, more: false };
  }

  /** Those that fit, the newest first. */
  async *#each(
    filter: DeadLetterFilter,
    reaches: (screenId: string) => boolean,
  ): AsyncGenerator<DeadLetter> {
    let after: string | undefined;
    do {
      const page = await this.#options.store.list(filter, { after, limit: PAGE });
      for (const letter of page.letters) if (reaches(letter.command.screenId)) yield letter;
      after = page.next;
    } while (after !== undefined);
  }
}
