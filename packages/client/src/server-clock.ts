import type { Clock } from './clock.ts';

// More than any message can be under way before the heartbeat ends its connection.
const TOLERANCE_MS = 60_000;

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

  /** Hears when a message was sent. What no delay explains means that the server's clock was set: it is followed. */
  hear(sentAt: number): void {
    if (Math.abs(sentAt - this.now()) > TOLERANCE_MS)
      this.#offset = sentAt - this.#clock.monotonic();
  }

  /** ms since 1970 by the server's clock; by our own until the server has told. */
  now(): number {
    return this.#offset === undefined ? this.#clock.now() : this.#offset + this.#clock.monotonic();
  }
}
