/**
 * The device and the operator side of remote-display, for browsers, extension workers and Node.
 *
 * @packageDocumentation
 */
export { RemoteDisplayError } from '@remote-display/protocol';
export { type Clock, systemClock } from './clock.ts';
export type { ConnectionState } from './connection-state.ts';
export type { Fetch } from './http.ts';
export {
  type InboxRecord,
  type InboxStorage,
  memoryInboxStorage,
  type WebStorage,
  webInboxStorage,
} from './inbox-storage.ts';
export {
  Operator,
  type OperatorOptions,
  type Screens,
  type WaitOptions,
  type Wish,
} from './operator.ts';
export {
  type ClientEvents,
  RemoteDisplayClient,
  type RemoteDisplayClientOptions,
} from './remote-display-client.ts';
export type { Handler, HandlerContext, Handlers } from './run-command.ts';
export {
  TokenManager,
  type TokenManagerEvents,
  type TokenManagerOptions,
  type TokenStorage,
} from './token-manager.ts';
export type { Watched } from './watches.ts';
