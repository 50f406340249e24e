import type { CommandView } from '@remote-display/protocol';

export const STAGES = ['accepted', 'dispatched', 'received', 'shown'] as const;
export type Stage = (typeof STAGES)[number];

/** ms from the scan to each stage that was reached. */
export type Timings = Partial<Record<Stage, number>>;

const STATE: Record<Stage, CommandView['history'][number]['state']> = {
  accepted: 'queued',
  dispatched: 'dispatched',
  received: 'received',
  shown: 'shown',
};

/**
 * Reads the way of a command from its history. After a retry the last time counts, as that is the
 * try that ended it; accepted it was only once.
 *
 * @param scannedAt - ms since 1970; means something only by the same clock as the server's.
 */
export function timingsOf(view: Pick<CommandView, 'history'>, scannedAt: number): Timings {
  const timings: Timings = {};
  for (const stage of STAGES) {
    const entries = view.history.filter(({ state }) => state === STATE[stage]);
    const entry = stage === 'accepted' ? entries[0] : entries.at(-1);
    if (entry) timings[stage] = Math.max(0, Math.round(entry.at - scannedAt));
  }
  return timings;
}
