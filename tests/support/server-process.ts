import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Paired, PairingView, TokenPair } from '@remote-display/protocol';

const MAIN = fileURLToPath(new URL('./server-main.ts', import.meta.url));

/** A server in a process of its own, on SQLite, that can be killed and started again. */
export class ServerProcess {
  readonly url: string;
  /** Tokens of someone who may do everything. Good across restarts. */
  admin!: TokenPair;
  readonly #port: number;
  readonly #path: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, path: string) {
    this.#port = port;
    this.#path = path;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(path: string): Promise<ServerProcess> {
    const server = new ServerProcess(await freePort(), path);
    await server.restart();
    return server;
  }

  async restart(): Promise<void> {
    const child = fork(MAIN, [String(this.#port), this.#path], {
      execArgv: ['--conditions=@remote-display/source'],
    });
    this.#child = child;
    const { admin } = await new Promise<{ admin: TokenPair }>((resolve, reject) => {
      child.once('message', (message) => resolve(message as { admin: TokenPair }));
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    this.admin ??= admin;
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

  async pair(screenId: string): Promise<Paired> {
    const { token } = await this.#post<PairingView>('/api/pairings', { screenId });
    return this.#post<Paired>('/api/pair', { screenId, token });
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

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
