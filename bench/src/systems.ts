import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadResult, LoadTask } from './load.ts';
import type { Mode, Places, ServerReady } from './modes.ts';
import { Part } from './processes.ts';

/** The processes of one mode: the server, whose CPU counts, its devices, and the load. */
export interface System {
  server: Part;
  load: Part;
}

const TASK_MS = 120_000;

/** Starts what each mode needs. All stay up and take turns, so that a drift of the machine meets them alike. */
export async function startSystems(
  modes: readonly Mode[],
  cleanup: AsyncDisposableStack,
): Promise<Map<Mode, System>> {
  const folder = mkdtempSync(join(tmpdir(), 'remote-display-bench-'));
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  const redisUrl = modes.includes('redis') ? await startRedis(folder, cleanup) : '';
  const places: Places = { path: join(folder, 'bench.db'), redisUrl };
  const systems = new Map<Mode, System>();
  for (const mode of modes) {
    const { part: server, ready } = await Part.start<ServerReady>('./server.ts', {
      mode,
      ...places,
    });
    cleanup.defer(() => server.stop());
    const { part: devices } = await Part.start('./devices.ts', { mode, ...ready });
    cleanup.defer(() => devices.stop());
    const { part: load } = await Part.start('./load.ts', { mode, ...ready });
    cleanup.defer(() => load.stop());
    systems.set(mode, { server, load });
    // Compiled and connected before it counts.
    await ask(load, { count: 1_000, inFlight: 64 });
  }
  return systems;
}

export function ask(load: Part, task: LoadTask): Promise<LoadResult> {
  return load.ask<LoadResult>(task, TASK_MS);
}

// As durable as SQLite's FULL: what was answered is on the disk.
async function startRedis(folder: string, cleanup: AsyncDisposableStack): Promise<string> {
  const port = await freePort();
  const settings = { port, dir: folder, save: '', appendonly: 'yes', appendfsync: 'always' };
  const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('redis-server', words, { stdio: 'ignore' });
  cleanup.defer(() => ended(child));
  const lost = new Promise<never>((_, reject) => child.once('error', reject));
  await Promise.race([listening(port), lost]);
  return `redis://127.0.0.1:${port}`;
}

function ended(child: ChildProcess): Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  return gone;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => setTimeout(() => resolve(false), 50));
    });
    if (up) return;
  }
}
