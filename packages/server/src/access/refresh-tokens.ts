import { createHmac, timingSafeEqual } from 'node:crypto';
import { RemoteDisplayError } from '@remote-display/protocol';

/**
 * Refresh tokens are computed, never stored: session, generation, and a seal over both. Whoever
 * reads the store learns none, and the same generation always has the same token, so that an
 * answer that was lost on its way can be given again.
 */
export class RefreshTokens {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  seal(sessionId: string, generation: number): string {
    const text = `${sessionId}.${generation}`;
    return `${text}.${this.#mac(text).toString('base64url')}`;
  }

  /** What the token says; throws `TOKEN_INVALID` unless the seal is ours. */
  open(token: string): { sessionId: string; generation: number } {
    const end = token.lastIndexOf('.');
    const text = token.slice(0, end);
    const seal = Buffer.from(token.slice(end + 1), 'base64url');
    const expected = this.#mac(text);
    if (seal.length !== expected.length || !timingSafeEqual(seal, expected)) {
      throw new RemoteDisplayError('TOKEN_INVALID');
    }
    const dot = text.lastIndexOf('.');
    return { sessionId: text.slice(0, dot), generation: Number(text.slice(dot + 1)) };
  }

  #mac(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}
