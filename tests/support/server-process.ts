import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Paired, PairingView, TokenPair } from '@remote-display/protocol';
import type { ServerMainOptions } from './server-main.ts';

const MAIN = fileURLToPath(new URL('./server-main.ts', import.meta.url));

/** A server in a process of its own that can be killed and started again. */
export class ServerProcess {
  readonly url: string;
  readonly port: number;
  /** Tokens of someone who may do everything. Good across restarts. */
  admin!: TokenPair;
  /** When it last began to listen, ms since 1970. */
  listeningAt = 0;
  readonly #options: ServerMainOptions;
  readonly #standsBy: boolean;
  #child: ChildProcess | undefined;
  #standby: ChildProcess | undefined;

  private constructor(port: number, options: ServerMainOptions, standsBy: boolean) {
    this.port = port;
    this.#options = options;
    this.#standsBy = standsBy;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** With `standsBy` the next process is always loaded already, and a restart takes a moment. */
  static async start(options: ServerMainOptions, standsBy = false): Promise<ServerProcess> {
    const server = new ServerProcess(await freePort(), options, standsBy);
    await server.restart();
    return server;
  }

  async restart(): Promise<void> {
    const child = this.#standby ?? this.#fork();
    this.#child = child;
    this.#standby = undefined;
    child.send('begin');
    const admin = await new Promise<TokenPair>((resolve, reject) => {
      child.on('message', (message: { listeningAt?: number; admin?: TokenPair }) => {
        if (message.listeningAt) this.listeningAt = message.listeningAt;
        if (message.admin) resolve(message.admin);
      });
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    this.admin ??= admin;
    if (this.#standsBy) this.#standby = this.#fork();
  }

  /** kill -9: no good-bye, nothing flushed. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    this.#child = undefined;
  }

  /** Whether it has not ended, of itself or by a kill. */
  get isAlive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null;
  }

  /** Ends it, and what stands by. */
  async stop(): Promise<void> {
    this.#standby?.kill('SIGKILL');
    this.#standby = undefined;
    await this.kill();
  }

  async pair(screenId: string): Promise<Paired> {
    const { token } = await this.#post<PairingView>('/api/pairings', { screenId });
    return this.#post<Paired>('/api/pair', { screenId, token });
  }

  #fork(): ChildProcess {
    return fork(MAIN, [JSON.stringify({ ...this.#options, port: this.port })], {
      execArgv: ['--conditions=@remote-display/source'],
    });
  }

  async #post<T>(path: string, body: object): Promise<T> {
    const answer = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.admin.accessToken}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return (await answer.json()) as T;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
