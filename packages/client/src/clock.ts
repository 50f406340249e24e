/** Time, as a parameter. */
export interface Clock {
  /** ms since 1970, as the machine believes; may jump. */
  now(): number;
  /** ms since some moment; never jumps, and may stand still while the machine sleeps. */
  monotonic(): number;
  /** Runs `task` once after `delayMs`; the answer calls it off. */
  schedule(delayMs: number, task: () => void): () => void;
}

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or rejects when `signal` aborts. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = clock.schedule(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = () => {
      stop();
      reject(signal?.reason);
    };
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** What `work` comes to, unless it takes longer than `ms`: then rejects with what `late` says. */
export function within<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  late: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(ms, () => reject(late()));
    work.then(resolve, reject).finally(cancel);
  });
}

/** Exponential backoff with jitter: `baseMs` doubled `count` times, at most `maxMs`, less up to half. */
export function backoff(
  count: number,
  baseMs: number,
  maxMs: number,
  random: () => number,
): number {
  return Math.min(baseMs * 2 ** count, maxMs) * (1 - random() / 2);
}
