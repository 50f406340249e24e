/** Time, as a parameter: the engine never asks the machine for it. */
export interface Clock {
  /** ms since 1970; may be set, forwards and backwards. What others are told and what is stored. */
  now(): number;
  /** ms since some moment; is never set. For how long something takes. */
  monotonic(): number;
  /** Runs `task` once after `delayMs`; the answer calls it off. */
  schedule(delayMs: number, task: () => void): () => void;
}

/** One moment by both clocks. */
export interface Moment {
  /** ms since 1970. */
  wall: number;
  /** Monotonic ms. */
  ticks: number;
}

export function momentOf(clock: Clock): Moment {
  return { wall: clock.now(), ticks: clock.monotonic() };
}
