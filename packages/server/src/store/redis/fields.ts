import type { CommandState, SettledState } from '@remote-display/protocol';
import { type Command, type CommandDraft, fromDraft } from '../../engine/command.ts';
import { isForwards, type Mark, MOVES } from '../../engine/lifecycle.ts';

/** What Redis answers for a hash inside a script: field, value, field, value. */
export type Flat = string[];

/** A command from its hash; `undefined` where there is none. */
export function toCommand(flat: Flat): Command | undefined {
  if (flat.length === 0) return undefined;
  const fields = toRecord(flat);
  const { body, state, attempt, notBefore, history, settledAt, error, evidence } = fields;
  return {
    ...JSON.parse(body ?? ''),
    state,
    attempt: Number(attempt),
    notBefore: Number(notBefore),
    history: JSON.parse(history ?? ''),
    ...(settledAt === undefined ? {} : { settledAt: Number(settledAt) }),
    ...(error === undefined ? {} : { error: JSON.parse(error) }),
    ...(evidence === undefined ? {} : { evidence: JSON.parse(evidence) }),
  };
}

export function toCommands(flats: Flat[]): Command[] {
  return flats.flatMap((flat) => toCommand(flat) ?? []);
}

export function toRecord(flat: Flat): Record<string, string | undefined> {
  const entries = Array.from({ length: flat.length / 2 }, (_, i) => flat.slice(i * 2, i * 2 + 2));
  return Object.fromEntries(entries);
}

/** What of a command never changes, without the `seq` that the script gives it, and its first history. */
export function firstFields(draft: CommandDraft): { body: string; history: string } {
  const { seq, state, attempt, notBefore, history, ...body } = fromDraft(draft, 0);
  return { body: JSON.stringify(body), history: JSON.stringify(history) };
}

const STATES = Object.keys(MOVES) as CommandState[];

/** The states from which the table of moves lets a command come to this one. */
function statesBefore(state: CommandState): CommandState[] {
  return STATES.filter((each) => MOVES[each].includes(state));
}

/** The states from which a mark goes on within an attempt. */
export function marksFrom(state: Mark['state']): string {
  return STATES.filter((each) => isForwards(each, state)).join();
}

/** The states that are no end. */
export const UNSETTLED = STATES.filter((each) => MOVES[each].length > 0).join();

/** The states from which a settlement may end a command. */
export function endsFrom(state: SettledState, from: readonly CommandState[] | undefined): string {
  return statesBefore(state)
    .filter((each) => from === undefined || from.includes(each))
    .join();
}

/** JSON, or nothing. */
export function json(value: object | undefined): string {
  return value === undefined ? '' : JSON.stringify(value);
}
