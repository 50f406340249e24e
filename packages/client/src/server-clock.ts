import type { Clock } from './clock.ts';

/**
 * The server's time, as far as it can be known from here: a device's own clock may be hours off.
 *
 * Of a message that says when it was sent two things are certain: that was not after it came, and not
 * before the latest moment of ours that the server had heard of (`Connection.sentAfter`). Within
 * this the server's time is taken to be the least that the fastest message allows; what a message
 * contradicts is given up for it at once, for someone has set a clock, or one goes wrong.
 *
 * So a command, which is heard before it is judged, is begun after its `expiresAt` by no more than the
 * way of the fastest message, and never by more than its own. A server's clock that was set back by
 * less than a message could have been under way looks like a slow way: what then seems to have expired
 * is refused, since too late cannot be undone. The server, which knows better, sends it again, and by
 * then has answered the refusal: that attempt is certain to be a moment old, and is believed.
 */
export class ServerClock {
  readonly #clock: Clock;
  // The server's time less our monotonic one, which no one can set.
  #offset: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Hears that a message, which came just now, was sent at `serverTime`, and after `sentAfter` on our monotonic clock. */
  hear(serverTime: number, sentAfter: number): void {
    const least = serverTime - this.#clock.monotonic();
    const most = serverTime - sentAfter;
    if (this.#offset === undefined || this.#offset < least || this.#offset > most)
      this.#offset = least;
  }

  /** ms since 1970 by the server's clock; by our own until the server has told. */
  now(): number {
    return this.#offset === undefined ? this.#clock.now() : this.#offset + this.#clock.monotonic();
  }
}
