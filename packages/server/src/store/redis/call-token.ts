import { randomBytes } from 'node:crypto';

/**
 * A name for one call, which its script leaves with what it changed. Where the answer was lost the
 * call is sent again with the same name, finds it, and answers once more what it did itself. Unique
 * among the calls about one command is enough, so it is short.
 */
export function newCallToken(): string {
  return randomBytes(6).toString('base64url');
}
