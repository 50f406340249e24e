import {
  type CommandState,
  type Evidence,
  type HistoryEntry,
  isSettled,
  type SettledState,
} from '@remote-display/protocol';
import type { Command, Failure } from './command.ts';

const ENDS = ['shown', 'dead', 'expired', 'superseded', 'cancelled'] as const;

/**
 * The one table of allowed moves. From every state that is no end each end can be reached,
 * because a server that restarted may have forgotten how far a command had come; the way back to
 * `queued` is a retry.
 */
export const MOVES: Readonly<Record<CommandState, readonly CommandState[]>> = {
  queued: ['dispatched', 'received', ...ENDS],
  dispatched: ['received', 'queued', ...ENDS],
  received: ['queued', ...ENDS],
  shown: [],
  dead: [],
  expired: [],
  superseded: [],
  cancelled: [],
};

/** A command came further on its way, without a decision. */
export interface Mark {
  id: string;
  state: 'dispatched' | 'received';
  attempt: number;
  at: number;
}

/** Whether a mark goes on within an attempt. Not from `queued`: there the attempt has failed. */
export function isForwards(from: CommandState, to: Mark['state']): boolean {
  return from !== 'queued' && MOVES[from].includes(to);
}

/** An attempt failed and another will be made. */
export interface Retry {
  attempt: number;
  at: number;
  notBefore: number;
  error: Failure;
  /** Only if this connection holds the screen: one that was replaced decides nothing more. */
  holder?: string | undefined;
}

/** A command ends. */
export interface Settlement {
  state: SettledState;
  at: number;
  error?: Failure | undefined;
  evidence?: Evidence | undefined;
  /** The attempt that the device speaks of. */
  attempt?: number | undefined;
  /** Who or what ended it: the superseding command, the subject that cancelled. */
  by?: string | undefined;
  /** Only from these states; default: from any that is no end. */
  from?: readonly CommandState[] | undefined;
  /** Only if it belongs to this screen: a device speaks for itself alone. */
  screenId?: string | undefined;
  /** Only if this connection holds the screen, where it is the server that decides and not the device. */
  holder?: string | undefined;
}

/**
 * Each move answers the command as it is afterwards, or `undefined` where nothing moves: a late or
 * repeated message changes nothing. The given command is never changed.
 */
export function mark(command: Command, news: Mark): Command | undefined {
  const { state, attempt } = news;
  if (isSettled(command.state) || attempt < command.attempt) return undefined;
  // A higher attempt starts its way anew; within one attempt only forwards.
  if (attempt === command.attempt && !isForwards(command.state, state)) return undefined;
  return { ...command, state, attempt, history: [...command.history, markEntry(news)] };
}

export function retry(command: Command, failed: Retry): Command | undefined {
  const { attempt, notBefore, error } = failed;
  if (isSettled(command.state) || attempt < command.attempt) return undefined;
  // This attempt's failure is noted already: it waits for the next one.
  if (command.state === 'queued' && attempt === command.attempt) return undefined;
  return {
    ...command,
    state: 'queued',
    attempt,
    notBefore,
    error,
    history: [...command.history, retryEntry(failed)],
  };
}

export function settle(command: Command, settlement: Settlement): Command | undefined {
  const { state, at, error, evidence, attempt, from, screenId } = settlement;
  if (!MOVES[command.state].includes(state)) return undefined;
  if (from !== undefined && !from.includes(command.state)) return undefined;
  if (screenId !== undefined && screenId !== command.screenId) return undefined;
  return {
    ...command,
    state,
    settledAt: at,
    attempt: Math.max(command.attempt, attempt ?? 0),
    error,
    evidence,
    history: [...command.history, settleEntry(settlement)],
  };
}

/** The line that each move adds to a command's story. */
export function markEntry({ state, at, attempt }: Mark): HistoryEntry {
  return { state, at, attempt };
}

export function retryEntry({ at, attempt, error }: Retry): HistoryEntry {
  return { state: 'failed', at, attempt, ...why(error) };
}

export function settleEntry({ state, at, attempt, by, error }: Settlement): HistoryEntry {
  return {
    state,
    at,
    ...(attempt === undefined ? {} : { attempt }),
    ...(by === undefined ? {} : { by }),
    ...(error ? why(error) : {}),
  };
}

function why({ code, detail }: Failure): { code: string; detail?: string } {
  return detail === undefined ? { code } : { code, detail };
}
