import type { Farewell } from '@remote-display/protocol';

interface Leaving {
  emit(event: 'farewell', farewell: Farewell): unknown;
  disconnect(close: boolean): unknown;
}

/** Tells a socket why, and closes it. */
export function dismiss(socket: Leaving, code: Farewell['code']): void {
  socket.emit('farewell', { code });
  socket.disconnect(true);
}
