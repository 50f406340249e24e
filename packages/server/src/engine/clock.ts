/** Time, as a parameter: the engine never asks the machine for it. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Runs `task` once after `delayMs`; the answer calls it off. */
  schedule(delayMs: number, task: () => void): () => void;
}
