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

  /** Tries it again as a new command that points at it. A second time answers the first one's. */
  async redrive(letter: DeadLetter, subject: string, requestId: string): Promise<Command> {
    const { engine, newId, clock, maxUnsettled } = this.#options;
    const { command } = letter;
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

  /** Tries again those that fit, in the order in which they died, so that the latest of a display wins. */
  async redriveAll(
    filter: DeadLetterFilter,
    limit: number,
    reaches: (screenId: string) => boolean,
    by: { subject: string; requestId: string },
  ): Promise<{ results: Redriven[]; more: boolean }> {
    const { letters, more } = await this.#collect({ ...filter, redriven: false }, limit, reaches);
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
    const { letters, more } = await this.#collect(filter, limit, reaches);
    let discarded = 0;
    for (const { command } of letters)
      if (await this.#options.store.discard(command.id)) discarded++;
    return { discarded, more };
  }

  async #collect(
    filter: DeadLetterFilter,
    limit: number,
    reaches: (screenId: string) => boolean,
  ): Promise<{ letters: DeadLetter[]; more: boolean }> {
    const letters: DeadLetter[] = [];
    let after: string | undefined;
    do {
      const page = await this.#options.store.list(filter, { after, limit: PAGE });
      letters.push(...page.letters.filter(({ command }) => reaches(command.screenId)));
      after = page.next;
    } while (after !== undefined && letters.length <= limit);
    return { letters: letters.slice(0, limit), more: letters.length > limit };
  }
}
