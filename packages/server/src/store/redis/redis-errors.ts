import { RemoteDisplayError } from '@remote-display/protocol';

interface ReplyError extends Error {
  name: 'ReplyError';
}

export function unavailable(detail: string, cause?: unknown): RemoteDisplayError {
  return new RemoteDisplayError('STORE_UNAVAILABLE', { detail, cause });
}

/** Whether this is a mistake in a program, which sending again would only repeat. */
export function isMistake(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError].some((kind) => error instanceof kind);
}

/** Whether Redis itself answered with this error; all that is no mistake either is the connection's. */
export function isReply(error: unknown): error is ReplyError {
  return error instanceof Error && error.name === 'ReplyError';
}

/**
 * What Redis refused, such as OOM, READONLY or NOPERM. ioredis hangs the command with its arguments
 * on its errors, and those of AUTH are secrets: only the text goes on, and only the code is shown.
 */
export function refused(error: Error): RemoteDisplayError {
  return unavailable(`Redis answered ${codeOf(error)}`, new Error(error.message));
}

/** A name for what went wrong, without addresses or secrets. */
export function codeOf(error: Error & { code?: unknown }): string {
  if (isReply(error)) return /^[A-Z]+/.exec(error.message)?.[0] ?? 'an error';
  return typeof error.code === 'string' ? error.code : 'no answer';
}

/** Rejects with `STORE_UNAVAILABLE` if the promise takes longer than `ms`. */
export function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(unavailable('Redis did not answer in time'));
    const timer = setTimeout(late, ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
