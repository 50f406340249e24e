import { cpus, totalmem } from 'node:os';

/** What the figures were taken on. */
export function machine(): { cpu: string; cores: number; memoryGiB: number; node: string } {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}
