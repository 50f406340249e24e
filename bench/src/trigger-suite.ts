import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadResult, LoadTask } from './load.ts';
import { cpuMs } from './measure/cpu.ts';
import { percentile } from './measure/figures.ts';
import { MODES, type Mode, type ServerReady } from './modes.ts';
import { Part } from './processes.ts';

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
const TASK_MS = 120_000;

/** Trigger to outcome: all modes stay up, and take turns, so that a drift of the machine meets them alike. */
export async function triggerSuite({
  rounds,
  sequential,
  concurrent,
  onRound,
}: SuiteOptions): Promise<Round[]> {
  await using cleanup = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'remote-display-bench-'));
  cleanup.defer(() => rmSync(folder, { recursive: true }));
  const systems = new Map<Mode, { server: Part; load: Part }>();
  for (const mode of MODES) {
    const path = join(folder, 'bench.db');
    const { part: server, ready } = await Part.start<ServerReady>('./server.ts', { mode, path });
    cleanup.defer(() => server.stop());
    const { part: devices } = await Part.start('./devices.ts', { mode, ...ready });
    cleanup.defer(() => devices.stop());
    const { part: load } = await Part.start('./load.ts', { mode, ...ready });
    cleanup.defer(() => load.stop());
    systems.set(mode, { server, load });
    // Compiled and connected before it counts.
    await ask(load, { count: 1_000, inFlight: IN_FLIGHT });
  }
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

function ask(load: Part, task: LoadTask): Promise<LoadResult> {
  return load.ask<LoadResult>(task, TASK_MS);
}
