import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface RedisProcessOptions {
  /** Default `yes`, so that a restart finds what was there. */
  appendonly?: 'yes' | 'no';
  /** Default `always`: what was answered is on the disk. */
  appendfsync?: 'always' | 'everysec' | 'no';
  /** Such as `64mb`. Default: none. */
  maxmemory?: string;
  /** More arguments for redis-server, such as `['--maxmemory-policy', 'allkeys-lru']`. */
  args?: string[];
}

/** A redis-server of its own on a free port, that can be killed, started again, and frozen. */
export class RedisProcess {
  readonly port: number;
  readonly url: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'remote-display-redis-'));
  readonly #options: RedisProcessOptions;
  #child: ChildProcess | undefined;

  private constructor(port: number, options: RedisProcessOptions) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#options = options;
  }

  static async start(options: RedisProcessOptions = {}): Promise<RedisProcess> {
    const redis = new RedisProcess(await freePort(), options);
    await redis.restart();
    return redis;
  }

  /** Starts it, on the same port and with the same files; resolves when it answers. */
  async restart(): Promise<void> {
    const {
      appendonly = 'yes',
      appendfsync = 'always',
      maxmemory = '0',
      args = [],
    } = this.#options;
    const child = spawn(
      'redis-server',
      [
        ...['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder],
        ...['--save', '', '--appendonly', appendonly, '--appendfsync', appendfsync],
        // A replica need not wait five seconds for others to come.
        ...['--maxmemory', maxmemory, '--repl-diskless-sync-delay', '0', ...args],
      ],
      { stdio: 'ignore' },
    );
    this.#child = child;
    // Should the tests be cut off, it goes with them.
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      return (await this.cli('ping')) === 'PONG';
    });
  }

  /** kill -9: no good-bye, nothing flushed. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** Freezes it: connections stay, nothing is answered. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Runs redis-cli with these words and answers what it printed, also where that is an error. */
  async cli(...words: string[]): Promise<string> {
    const { stdout } = await run('redis-cli', ['-p', String(this.port), ...words]).catch(
      (failed: { stdout?: string }) => ({ stdout: failed.stdout ?? '' }),
    );
    return stdout.trim();
  }

  async flushall(): Promise<void> {
    await this.cli('flushall');
  }

  /** Makes it a replica, and resolves when it has what its master has. */
  async replicaOf(master: RedisProcess): Promise<void> {
    await this.cli('replicaof', '127.0.0.1', String(master.port));
    await until(async () => (await this.cli('info', 'replication')).includes('link_status:up'));
  }

  /** Makes a replica a master. */
  async promote(): Promise<void> {
    await this.cli('replicaof', 'no', 'one');
  }

  /** Ends it and takes its files away. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A Redis Cluster of so many masters on this machine. */
export async function startCluster(masters = 3): Promise<RedisCluster> {
  // Its default timeout of 15 s would make every test of a lost node wait.
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const nodes = await Promise.all(
    Array.from({ length: masters }, () =>
      RedisProcess.start({ appendonly: 'no', args: [...args, '--cluster-config-file', 'nodes'] }),
    ),
  );
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  for (const node of nodes)
    await until(async () => (await node.cli('cluster', 'info')).includes('cluster_state:ok'));
  return {
    nodes,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

export interface RedisCluster {
  nodes: RedisProcess[];
  stop(): Promise<void>;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('Redis did not come up in time');
    await sleep(20);
  }
}

/** A port that is free, and whose cluster bus port, 10,000 higher, exists. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const address = probe.address();
        probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
    });
    if (port <= 55_535) return port;
  }
}
