import type { Clock } from './clock.ts';

/** The server's time, as far as it can be known from here: a device's own clock may be hours off. */
export class ServerClock {
  readonly #clock: Clock;
  // The server's time less our monotonic one, which no one can set.
  #offset: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Learns from an answer that was asked for at `askedAt` (monotonic) and said `serverTime`. */
  learn(serverTime: number, askedAt: number): void {
    const middle = (askedAt + this.#clock.monotonic()) / 2;
    this.#offset = serverTime - middle;
  }

  /** ms since 1970 by the server's clock; by our own until the server has told. */
  now(): number {
    return this.#offset === undefined ? this.#clock.now() : this.#offset + this.#clock.monotonic();
  }
}
