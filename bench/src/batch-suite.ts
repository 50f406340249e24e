import { cpuMs } from './measure/cpu.ts';
import { type Spread, spread } from './measure/figures.ts';
import type { Mode } from './modes.ts';
import { ask, startSystems } from './systems.ts';

/** The same number of triggers, each in a request of its own or so many in one. */
export interface BatchRound {
  mode: Mode;
  batch: number;
  perSecond: number;
  cpuPerCommand: number;
  failed: number;
}

const BATCHES = [1, 10, 50] as const;
const BATCH_MODES: readonly Mode[] = ['memory', 'sqlite', 'redis'];
// As many triggers under way, however they are packed.
const IN_FLIGHT = 50;

/** One by one against many in one request, with as many under way. */
export async function batchSuite(
  rounds: number,
  count: number,
  onRound: (round: BatchRound) => void,
): Promise<BatchRound[]> {
  await using cleanup = new AsyncDisposableStack();
  const systems = await startSystems(BATCH_MODES, cleanup);
  const results: BatchRound[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [mode, { server, load }] of systems) {
      for (const batch of BATCHES) {
        const before = cpuMs(server.pid);
        const { durationMs, failed } = await ask(load, {
          count,
          inFlight: IN_FLIGHT / batch,
          batch,
        });
        const result: BatchRound = {
          mode,
          batch,
          perSecond: (count / durationMs) * 1_000,
          cpuPerCommand: (cpuMs(server.pid) - before) / count,
          failed,
        };
        results.push(result);
        onRound(result);
      }
    }
  }
  return results;
}

/** Rates and CPU, and their ratio to one by one in the same round, in Markdown. */
export function batchTable(rounds: readonly BatchRound[]): string {
  const of = (mode: Mode, batch: number) =>
    rounds.filter((round) => round.mode === mode && round.batch === batch);
  const cell = (
    mode: Mode,
    batch: number,
    figure: 'perSecond' | 'cpuPerCommand',
    digits: number,
  ) => {
    const single = of(mode, 1);
    const values = of(mode, batch).map((round) => round[figure]);
    const ratio: Spread = spread(values.map((value, n) => value / (single[n]?.[figure] ?? 0)));
    return `${spread(values).median.toFixed(digits)} (${ratio.median.toFixed(2)}; ${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`;
  };
  const rows = BATCH_MODES.flatMap((mode) =>
    BATCHES.map(
      (batch) =>
        `| ${mode} | ${batch} | ${cell(mode, batch, 'perSecond', 0)} | ${cell(mode, batch, 'cpuPerCommand', 3)} |`,
    ),
  );
  return [
    '| | in one request | commands/s | server CPU ms a command |',
    '|---|---|---|---|',
    ...rows,
    '',
    'In brackets: the ratio to one by one in the same round, median; least to most.',
  ].join('\n');
}
