import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TokenPair } from '@remote-display/protocol';
import { within } from './within.ts';

export interface ServerProcess {
  url: string;
  screenId: string;
  /** The right to pair stations; it came over the channel between the two processes. */
  admin: TokenPair;
  stop(): Promise<void>;
}

interface Ready extends Omit<ServerProcess, 'stop'> {
  type: 'ready';
}

const MAIN = fileURLToPath(new URL('../server/main.ts', import.meta.url));

/** Starts the server of the example as a process of its own, with a secret made for this run only. */
export async function startServerProcess(storePath: string): Promise<ServerProcess> {
  const child = fork(MAIN, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      PORT: process.env.PORT ?? '0',
      REMOTE_DISPLAY_SECRET:
        process.env.REMOTE_DISPLAY_SECRET ?? randomBytes(48).toString('base64url'),
      REMOTE_DISPLAY_DB: storePath,
    },
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-4_000);
  });
  try {
    const ready = await within(
      60_000,
      'The server did not start',
      readiness(child, () => complaint),
    );
    return {
      url: ready.url,
      screenId: ready.screenId,
      admin: ready.admin,
      stop: () => stop(child),
    };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

function readiness(child: ChildProcess, complaint: () => string): Promise<Ready> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready));
    child.once('error', reject);
    child.once('close', (code) =>
      reject(new Error(`The server ended (${code}). ${complaint().trim()}`)),
    );
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await within(10_000, 'The server did not stop', ended).catch(() => child.kill('SIGKILL'));
}
