import { cpuMs } from './measure/cpu.ts';
import { percentile } from './measure/figures.ts';
import { MODES, type Mode } from './modes.ts';
import { ask, startSystems } from './systems.ts';

/** One mode in one round. */
export interface Round {
  mode: Mode;
  /** One at a time, in ms. */
  p50: number;
  p95: number;
  /** 64 at a time. */
  perSecond: number;
  /** CPU of the server for a command, 64 at a time, in ms. */
  cpuPerCommand: number;
  failed: number;
}

export interface SuiteOptions {
  rounds: number;
  /** Triggers one at a time. */
  sequential: number;
  /** Triggers 64 at a time. */
  concurrent: number;
  onRound: (round: Round) => void;
}

const IN_FLIGHT = 64;

/** Trigger to outcome, each mode in its turn. */
export async function triggerSuite({
  rounds,
  sequential,
  concurrent,
  onRound,
}: SuiteOptions): Promise<Round[]> {
  await using cleanup = new AsyncDisposableStack();
  const systems = await startSystems(MODES, cleanup);
  const results: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [mode, { server, load }] of systems) {
      const one = await ask(load, { count: sequential, inFlight: 1 });
      const before = cpuMs(server.pid);
      const many = await ask(load, { count: concurrent, inFlight: IN_FLIGHT });
      const result: Round = {
        mode,
        p50: percentile(one.latencies, 0.5),
        p95: percentile(one.latencies, 0.95),
        perSecond: (concurrent / many.durationMs) * 1_000,
        cpuPerCommand: (cpuMs(server.pid) - before) / concurrent,
        failed: one.failed + many.failed,
      };
      results.push(result);
      onRound(result);
    }
  }
  return results;
}
