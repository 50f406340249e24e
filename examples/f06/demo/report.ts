import { percentile } from './percentile.ts';
import type { ScanResult } from './scan-run.ts';

/** Where the demo speaks: sentences for people, or lines of JSON for programs. */
export interface Report {
  progress(sentence: string): void;
  result(result: ScanResult): void;
  summary(results: ScanResult[]): void;
}

/** With `json`, stdout carries nothing but JSON and the sentences go to stderr. */
export function createReport(json: boolean): Report {
  const say = (sentence: string) => (json ? console.error(sentence) : console.log(sentence));
  const print = (value: object) => console.log(JSON.stringify(value));
  return {
    progress: say,
    result(result) {
      if (json) return print(result);
      const { orderId, state, displayIndex, timings, error, detail } = result;
      const way = Object.entries(timings).map(([stage, ms]) => `${stage} ${ms}`);
      say(
        state === 'shown'
          ? `  ${orderId}  shown on display ${displayIndex} after ${timings.shown} ms  (${way.join(', ')})`
          : `  ${orderId}  NOT shown: ${state}${error ? `, ${error}` : ''}${detail ? ` (${detail})` : ''}`,
      );
    },
    summary(results) {
      const shown = results.flatMap(({ state, timings }) =>
        state === 'shown' ? (timings.shown ?? []) : [],
      );
      const [p50, p95] = [percentile(shown, 0.5), percentile(shown, 0.95)];
      if (json) return print({ p50: p50 ?? null, p95: p95 ?? null });
      say(
        `${shown.length} of ${results.length} shown. From the last key to the glass: p50 ${p50} ms, p95 ${p95} ms.`,
      );
    },
  };
}
