import { isSettled, RemoteDisplayError } from '@remote-display/protocol';
import type { News } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { Command } from './command.ts';
import { Waiters } from './waiters.ts';

export interface WaitingOptions {
  clock: Clock;
  /** How many callers may wait for an end at once. */
  limit: number;
  /** How other nodes are heard of, where there are others. */
  news: News | undefined;
  find: (id: string) => Promise<Command | undefined>;
  /** Whether the command is in this node's outbox, and so not ended as far as anyone here knows. */
  isHere: (command: Command) => boolean;
  onError: (error: unknown) => void;
}

/** Waiting for a command's end, on whichever node it comes. */
export class Waiting {
  readonly waiters: Waiters;
  readonly #options: WaitingOptions;

  constructor(options: WaitingOptions) {
    this.#options = options;
    this.waiters = new Waiters(options.clock, options.limit);
  }

  /** Waits until a command has ended, at most `timeoutMs`; answers it as it then is. */
  async wait(command: Command, timeoutMs: number, signal?: AbortSignal): Promise<Command> {
    if (isSettled(command.state)) return command;
    if (this.waiters.full)
      throw new RemoteDisplayError('OVERLOADED', { detail: 'too many waiters' });
    const { find, isHere, onError } = this.#options;
    const ended = this.waiters.wait(command.id, timeoutMs, signal);
    // Whoever waits has a command that will end: a store that is away for a moment changes no answer.
    const quiet = (error: unknown) => void onError(error);
    const listening = this.#listenFor(command).catch(quiet);
    // It may have ended between the caller's look and the listening.
    if (!isHere(command)) listening.then(() => this.tellIfEnded(command.id)).catch(quiet);
    try {
      return (await ended) ?? (await find(command.id).catch(quiet)) ?? command;
    } finally {
      listening.then((stop) => stop?.());
    }
  }

  /** Looks a command up for those who wait for it. */
  async tellIfEnded(id: string): Promise<void> {
    if (!this.waiters.has(id)) return;
    const command = await this.#options.find(id);
    if (command !== undefined && isSettled(command.state)) this.waiters.tell(command);
  }

  /** News may have been missed: looks up all that are waited for. */
  async catchUp(): Promise<void> {
    for (const id of this.waiters.ids()) await this.tellIfEnded(id);
  }

  // Where another node has the screen, its news say when the command ends.
  async #listenFor({ screenId }: Command): Promise<(() => void) | undefined> {
    const { news, onError } = this.#options;
    return news?.subscribe(screenId, (each) => {
      const ended =
        each.kind === 'settled' ? [each.id] : each.kind === 'accepted' ? each.superseded : [];
      for (const id of ended) this.tellIfEnded(id).catch(onError);
    });
  }
}
