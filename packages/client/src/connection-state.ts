import type { RemoteDisplayError } from '@remote-display/protocol';

/**
 * How it stands with the server: not begun, on the way for the first time, resumed and ready, lost
 * and on the way back by itself, or over for good (`reason` says why).
 */
export interface ConnectionState {
  status: 'idle' | 'connecting' | 'online' | 'offline' | 'stopped';
  /** Since when, ms since 1970 by this machine's clock. */
  since: number;
  /** Why it is offline or stopped, where that is known; while it stays offline, the latest reason. */
  reason?: RemoteDisplayError | undefined;
}
