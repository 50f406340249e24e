import { type Spread, spread } from './measure/figures.ts';
import { MODES, type Mode } from './modes.ts';
import type { Round } from './trigger-suite.ts';

const FIGURES = ['p50', 'p95', 'perSecond', 'cpuPerCommand'] as const;
type Figure = (typeof FIGURES)[number];

export type Summary = Record<Mode, Record<Figure, Spread & { ratio: Spread }>>;

/** Each figure's middle and spread, and its ratio to bare Socket.IO in the same round. */
export function summarise(rounds: readonly Round[]): Summary {
  const of = (mode: Mode) => rounds.filter((round) => round.mode === mode);
  const bare = of('bare');
  const summary = (mode: Mode) =>
    Object.fromEntries(
      FIGURES.map((figure) => {
        const values = of(mode).map((round) => round[figure]);
        const ratios = values.map((value, round) => value / (bare[round]?.[figure] ?? Number.NaN));
        return [figure, { ...spread(values), ratio: spread(ratios) }];
      }),
    );
  return Object.fromEntries(MODES.map((mode) => [mode, summary(mode)])) as Summary;
}

/** The summary as a table, in Markdown. */
export function table(summary: Summary): string {
  const cell = ({ median, ratio }: Spread & { ratio: Spread }, digits: number) =>
    `${median.toFixed(digits)} (${ratio.median.toFixed(2)}; ${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`;
  const rows = MODES.map((mode) => {
    const { p50, p95, perSecond, cpuPerCommand } = summary[mode];
    return `| ${mode} | ${cell(p50, 2)} | ${cell(p95, 2)} | ${cell(perSecond, 0)} | ${cell(cpuPerCommand, 3)} |`;
  });
  return [
    '| | p50 ms | p95 ms | commands/s | server CPU ms a command |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    'In brackets: the ratio to bare in the same round, median; least to most.',
  ].join('\n');
}
