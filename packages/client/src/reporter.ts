import type { Outcome, Receipt, Report } from '@remote-display/protocol';
import type { Clock } from './clock.ts';

/**
 * The most that one message tells of either kind. The protocol allows more; so many with the longest
 * details stay below what the server takes in one message.
 */
export const MAX_REPORT = 64;

export interface ReporterOptions {
  clock: Clock;
  /** Sends a report and answers the commands whose news the server has; rejects when the line is down. */
  send: (report: Report) => Promise<{ settled: string[] }>;
  /** The server has these outcomes for good. */
  onConfirmed: (outcomes: Outcome[]) => void;
}

const AGAIN_MS = 1_000;

/**
 * Tells the server what has happened. A quick command needs one message: its receipt waits for the
 * end of the tick, its outcome goes at once and implies the receipt.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  #receipts = new Map<string, Receipt>();
  // Outcomes not confirmed yet; those already told are not told twice while an answer is awaited.
  readonly #outcomes = new Map<string, { outcome: Outcome; told: boolean }>();
  #cancelFlush: (() => void) | undefined;
  #cancelAgain: (() => void) | undefined;
  #open = false;
  #epoch = 0;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** The line is up, and `resume` has told what there was before. */
  open(): void {
    this.#open = true;
    this.#flush();
  }

  /** The line is down: the next `resume` tells everything anew. */
  close(): void {
    this.#open = false;
    this.#epoch++;
    this.#receipts.clear();
    this.#outcomes.clear();
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#cancelAgain?.();
    this.#cancelAgain = undefined;
  }

  receipt(receipt: Receipt): void {
    if (!this.#open) return;
    this.#receipts.set(receipt.id, receipt);
    this.#cancelFlush ??= this.#options.clock.schedule(0, () => this.#flush());
  }

  outcome(outcome: Outcome): void {
    this.#outcomes.set(outcome.id, { outcome, told: false });
    this.#receipts.delete(outcome.id);
    if (this.#open) this.#flush();
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const untold = [...this.#outcomes.values()].filter(({ told }) => !told).slice(0, MAX_REPORT);
    const receipts = [...this.#receipts.values()].slice(0, MAX_REPORT);
    if (untold.length === 0 && receipts.length === 0) return;
    for (const entry of untold) entry.told = true;
    for (const { id } of receipts) this.#receipts.delete(id);
    void this.#tell({ receipts, outcomes: untold.map(({ outcome }) => outcome) });
    if (this.#receipts.size > 0 || [...this.#outcomes.values()].some(({ told }) => !told))
      this.#flush();
  }

  async #tell(report: Report): Promise<void> {
    const epoch = this.#epoch;
    const settled = await this.#options.send(report).then(
      (answer) => new Set(answer.settled),
      () => new Set<string>(),
    );
    // The connection has changed since: its `resume` has said it all again.
    if (epoch !== this.#epoch) return;
    const confirmed = report.outcomes.filter(({ id }) => settled.has(id));
    for (const outcome of report.outcomes) {
      const entry = this.#outcomes.get(outcome.id);
      if (entry?.outcome !== outcome) continue;
      if (settled.has(outcome.id)) this.#outcomes.delete(outcome.id);
      else entry.told = false;
    }
    if (confirmed.length > 0) this.#options.onConfirmed(confirmed);
    if (confirmed.length < report.outcomes.length) this.#again();
  }

  // The server could not keep it. It will be able to again.
  #again(): void {
    this.#cancelAgain ??= this.#options.clock.schedule(AGAIN_MS, () => {
      this.#cancelAgain = undefined;
      this.#flush();
    });
  }
}
