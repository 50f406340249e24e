import type { Violation } from './checks/check.ts';
import type { Ending } from './simulate.ts';

/** What many worlds came to. */
export interface Tally {
  seeds: number;
  commands: number;
  happenings: number;
  ends: Record<string, number>;
  faults: Record<string, number>;
  violations: (Violation & { seed: number })[];
}

export function emptyTally(): Tally {
  return { seeds: 0, commands: 0, happenings: 0, ends: {}, faults: {}, violations: [] };
}

/** One more world. */
export function add(tally: Tally, ending: Ending, violations: readonly Violation[]): void {
  const { seed, records, history, faults } = ending;
  tally.seeds++;
  tally.commands += records.size;
  tally.happenings += history.length;
  for (const { state } of records.values()) count(tally.ends, state, 1);
  for (const [kind, times] of faults) count(tally.faults, kind, times);
  tally.violations.push(...violations.map((violation) => ({ seed, ...violation })));
}

export function merge(one: Tally, other: Tally): Tally {
  const sums = (a: Record<string, number>, b: Record<string, number>) => {
    const sum = { ...a };
    for (const [name, times] of Object.entries(b)) count(sum, name, times);
    return sum;
  };
  return {
    seeds: one.seeds + other.seeds,
    commands: one.commands + other.commands,
    happenings: one.happenings + other.happenings,
    ends: sums(one.ends, other.ends),
    faults: sums(one.faults, other.faults),
    violations: [...one.violations, ...other.violations].sort((a, b) => a.seed - b.seed),
  };
}

/** As people read it. */
export function table(tally: Tally, seconds: number): string {
  const { seeds, commands, happenings, ends, faults, violations } = tally;
  const injected = Object.values(faults).reduce((sum, times) => sum + times, 0);
  const block = (title: string, counts: Record<string, number>) => [
    '',
    title,
    ...Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([name, times]) => `${String(times).padStart(9)}  ${name}`),
  ];
  const lines = [
    `${seeds} seeds, ${commands} commands, ${happenings} happenings, ${injected} faults, ` +
      `${violations.length} violations`,
    `${seconds.toFixed(1)} s, ${(seeds / seconds).toFixed(0)} seeds/s`,
    ...block('ends', ends),
    ...block('faults', faults),
    ...(violations.length === 0 ? [] : ['', 'violations']),
    ...violations.map(({ seed, promise, text }) => `seed ${seed}  ${promise}: ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

function count(counts: Record<string, number>, name: string, times: number): void {
  counts[name] = (counts[name] ?? 0) + times;
}
