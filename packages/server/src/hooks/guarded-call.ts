import { type ErrorCode, RemoteDisplayError } from '@remote-display/protocol';
import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  type TimeoutPolicy,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import { restFor } from './rest.ts';

/** When what the integrator plugged in is left alone. */
export interface BreakerOptions {
  /** So many failures in a row open the breaker. Default 5. */
  failures?: number;
  /** How long it stays open before one call may try again, in ms. Default 10,000. */
  resetMs?: number;
}

/** closed: calls go through; open: none does; half-open: one does, to see whether it works again. */
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface GuardedCallOptions {
  /** What is called, for metrics and health: `resolveOrder`. */
  name: string;
  /** How long one call may take, in ms. */
  timeoutMs: number;
  /** The code of a call that took too long. */
  timeoutCode: ErrorCode;
  /** The code of a call that threw something of its own. */
  failureCode: ErrorCode;
  breaker?: BreakerOptions | undefined;
  /** So many calls may be under way at once; one more is `OVERLOADED`. Default 1,000. */
  maxConcurrent?: number | undefined;
  /** Whether an error means that the thing called is ill. Default: all but ours that a retry cannot mend, for they are answers. */
  isFailure?: ((error: RemoteDisplayError) => boolean) | undefined;
  /** Told at every change of state. */
  onState?: ((name: string, state: BreakerState) => void) | undefined;
}

const STATES: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
};

type Ended<T> = { value: T } | { error: RemoteDisplayError };

/** Calls what the integrator plugged in: bounded in time and in number, and left alone while it is ill. */
export class GuardedCall {
  readonly name: string;
  readonly #options: GuardedCallOptions;
  readonly #maxConcurrent: number;
  readonly #isFailure: (error: RemoteDisplayError) => boolean;
  readonly #breaker: CircuitBreakerPolicy;
  readonly #timeout: TimeoutPolicy;
  #running = 0;

  constructor(options: GuardedCallOptions) {
    const { failures = 5, resetMs = 10_000 } = options.breaker ?? {};
    this.name = options.name;
    this.#options = options;
    this.#maxConcurrent = options.maxConcurrent ?? 1_000;
    this.#isFailure = options.isFailure ?? ((error) => error.retryable);
    this.#timeout = timeout(options.timeoutMs, {
      strategy: TimeoutStrategy.Aggressive,
      abortOnReturn: false,
    });
    this.#breaker = circuitBreaker(handleAll, {
      breaker: new ConsecutiveBreaker(failures),
      halfOpenAfter: restFor(resetMs),
    });
    this.#breaker.onStateChange(() => this.#tell());
  }

  /** An open breaker is open until the call that tries again, however long ago its time was up. */
  get state(): BreakerState {
    return STATES[this.#breaker.state];
  }

  /** How many callers wait at this moment. */
  get running(): number {
    return this.#running;
  }

  /**
   * What `call` answers, however it behaves; its signal aborts when nobody waits any more. Throws
   * the call's own `RemoteDisplayError`, the code of a timeout or a failure, `CIRCUIT_OPEN`, or `OVERLOADED`.
   */
  async run<T>(call: (signal: AbortSignal) => T | PromiseLike<T>): Promise<T> {
    // The library would let all others wait for the one that tries again, and then through at once.
    if (this.state === 'half-open') throw this.#error('CIRCUIT_OPEN');
    if (this.#running >= this.#maxConcurrent) throw this.#error('OVERLOADED');
    this.#running++;
    const tries = this.state === 'open';
    let begun = false;
    try {
      const ended = await this.#breaker.execute(() => {
        begun = true;
        return this.#once(call, tries);
      });
      if ('error' in ended) throw ended.error;
      return ended.value;
    } catch (error) {
      throw begun ? error : this.#error('CIRCUIT_OPEN');
    } finally {
      this.#running--;
    }
  }

  // Throws what counts against the breaker. Other errors are answers: they end a row of failures, too.
  async #once<T>(
    call: (signal: AbortSignal) => T | PromiseLike<T>,
    tries: boolean,
  ): Promise<Ended<T>> {
    let aborted: AbortSignal | undefined;
    try {
      const value = await this.#timeout.execute(async ({ signal }) => {
        aborted = signal;
        return await call(signal);
      });
      return { value };
    } catch (cause) {
      // By its signal, for a call may answer the abort with an error of its own before the library does.
      const error = this.#named(cause, aborted?.aborted === true);
      // One that began before the breaker opened must not end the try of another.
      const outdated = !tries && this.state !== 'closed';
      if (!outdated && (error !== cause || this.#isFailure(error))) throw error;
      return { error };
    }
  }

  #named(cause: unknown, late: boolean): RemoteDisplayError {
    if (late) return this.#error(this.#options.timeoutCode, cause);
    if (cause instanceof RemoteDisplayError) return cause;
    return this.#error(this.#options.failureCode, cause);
  }

  #error(code: ErrorCode, cause?: unknown): RemoteDisplayError {
    return new RemoteDisplayError(code, { detail: this.name, cause });
  }

  #tell(): void {
    try {
      this.#options.onState?.(this.name, this.state);
    } catch {
      // A listener's error would travel into the library and leave the breaker half-open for ever.
    }
  }
}
