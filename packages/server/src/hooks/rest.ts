import type { IBackoff } from 'cockatiel';

/**
 * How long an open breaker rests. The library asks the wall clock, which may be set back by hours;
 * this one asks a clock that only goes forward, and answers "for ever" until the rest is over.
 */
export function restFor(resetMs: number): { next(): IBackoff<unknown> } {
  const next = (): IBackoff<unknown> => {
    const over = performance.now() + resetMs;
    return {
      get duration() {
        return performance.now() < over ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      },
      next,
    };
  };
  return { next };
}
