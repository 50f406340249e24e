import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile } from './measure/figures.ts';
import { DEVICES, type ServerReady } from './modes.ts';
import { Part } from './processes.ts';

/** The server was away once: how long each device took to resume after it listened again, in ms. */
export interface RecoveryRound {
  resumed: number[];
  failed: number;
}

const AWAY_MS = 1_000;
const RESUME_MS = 30_000;

/** Kills the server, leaves it away for a second, and times the way back of every device. */
export async function recoverySuite(
  rounds: number,
  onRound: (round: RecoveryRound) => void,
): Promise<RecoveryRound[]> {
  await using cleanup = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'remote-display-bench-'));
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  const task = { mode: 'sqlite', path: join(folder, 'bench.db'), redisUrl: '' };
  let { part: server, ready } = await Part.start<ServerReady>('./server.ts', task);
  cleanup.defer(() => server.stop());
  const { part: devices } = await Part.start('./devices.ts', { mode: 'sqlite', ...ready });
  cleanup.defer(() => devices.stop());
  const results: RecoveryRound[] = [];
  for (let round = 0; round < rounds; round++) {
    await server.stop();
    const back = devices.ask<{ onlineAt: number[] }>({ watch: true }, AWAY_MS + RESUME_MS);
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    const again = await Part.start<ServerReady>('./server.ts', { ...task, port: ready.port });
    server = again.part;
    ready = { ...again.ready, port: ready.port };
    const { onlineAt } = await back;
    const { listeningAt } = again.ready;
    const result = {
      resumed: onlineAt.map((at) => at - listeningAt),
      failed: DEVICES - onlineAt.length,
    };
    results.push(result);
    onRound(result);
  }
  return results;
}

/** The way back, in Markdown. */
export function recoveryTable(rounds: readonly RecoveryRound[]): string {
  const all = rounds.flatMap(({ resumed }) => resumed);
  const cell = (share: number) => percentile(all, share).toFixed(0);
  return [
    '| times back | median ms | p95 ms | longest ms |',
    '|---|---|---|---|',
    `| ${all.length} | ${cell(0.5)} | ${cell(0.95)} | ${Math.max(...all).toFixed(0)} |`,
  ].join('\n');
}
