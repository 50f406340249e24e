/**
 * The shared language of remote-display. This entry holds types, codes and messages and pulls in
 * no library; the zod schemas are in `@remote-display/protocol/schemas`.
 *
 * @packageDocumentation
 */
export {
  COMMAND_STATES,
  type CommandState,
  isSettled,
  SETTLED_STATES,
  type SettledState,
} from './command-state.ts';
export * from './errors/index.ts';
export type * from './schemas/types.ts';
export * from './socket-events.ts';
export { PROTOCOL_VERSION } from './version.ts';
