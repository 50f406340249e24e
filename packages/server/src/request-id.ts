import { randomUUID } from 'node:crypto';

/** An id that follows one request through logs, commands and devices. */
export function newRequestId(): string {
  return randomUUID();
}
