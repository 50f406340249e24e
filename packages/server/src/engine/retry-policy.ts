import { type CommandType, ERRORS, isErrorCode } from '@remote-display/protocol';
import type { Failure } from './command.ts';

/** What is known when an attempt has failed. */
export interface FailedAttempt {
  type: CommandType;
  /** The attempt that failed; 1 for the first. */
  attempt: number;
  error: Failure;
}

/** How long to wait before the next attempt, in ms; `undefined` gives up and the command is dead. */
export type RetryPolicy = (failed: FailedAttempt) => number | undefined;

export interface BackoffOptions {
  /** Attempts in all, the first included. Default 4. */
  maxAttempts?: number;
  /** Wait after the first failure, in ms; it doubles with each. Default 1,000. */
  baseMs?: number;
  /** The longest wait, in ms. Default 8,000. */
  maxMs?: number;
  /** How far a wait may stray from the schedule, as a share of it. Default 0.2. */
  jitter?: number;
}

/**
 * Exponential backoff with jitter: 1 s, 2 s, 4 s, 8 s, each give or take a fifth. A failure whose
 * code says that trying again cannot help is given up at once.
 */
export function exponentialBackoff(
  random: () => number,
  options: BackoffOptions = {},
): RetryPolicy {
  const { maxAttempts = 4, baseMs = 1_000, maxMs = 8_000, jitter = 0.2 } = options;
  return ({ attempt, error }) => {
    if (attempt >= maxAttempts || !isWorthRetry(error.code)) return undefined;
    const wait = Math.min(baseMs * 2 ** (attempt - 1), maxMs);
    return Math.round(wait * (1 + jitter * (2 * random() - 1)));
  };
}

// What a policy without an end would make of a command: history without bound, and attempts for ever.
const MAX_ATTEMPTS = 100;

/**
 * A policy of the integrator that can do no harm: where it throws or answers nonsense, `fallback`
 * decides, and nothing is tried more than a hundred times.
 */
export function guardedPolicy(
  policy: RetryPolicy,
  fallback: RetryPolicy,
  onError: (error: unknown) => void,
): RetryPolicy {
  return (failed) => {
    if (failed.attempt >= MAX_ATTEMPTS) return undefined;
    try {
      const wait: unknown = policy(failed);
      if (wait === undefined) return undefined;
      if (typeof wait === 'number' && Number.isFinite(wait) && wait >= 0) return Math.round(wait);
      if (wait instanceof Promise) wait.catch(onError);
      onError(new TypeError(`the retry policy answered ${String(wait)}`));
    } catch (error) {
      onError(error);
    }
    return fallback(failed);
  };
}

function isWorthRetry(code: string): boolean {
  return isErrorCode(code) ? ERRORS[code].retryable : true;
}
