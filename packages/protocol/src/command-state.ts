/** Where a command is on its way. The last five are ends: a settled command never moves again. */
export const COMMAND_STATES = [
  'queued',
  'dispatched',
  'received',
  'shown',
  'dead',
  'expired',
  'superseded',
  'cancelled',
] as const;

export type CommandState = (typeof COMMAND_STATES)[number];

/** The states in which a command has ended. */
export const SETTLED_STATES = ['shown', 'dead', 'expired', 'superseded', 'cancelled'] as const;

export type SettledState = (typeof SETTLED_STATES)[number];

/** Whether a command in this state has ended. */
export function isSettled(state: CommandState): state is SettledState {
  return (SETTLED_STATES as readonly string[]).includes(state);
}
