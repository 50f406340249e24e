import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Paired } from '@remote-display/protocol';
import type { Glass } from './crash-glass.ts';
import type { DeviceMainOptions, GlassLine } from './device-main.ts';
import { linesOf } from './file-inbox.ts';

const MAIN = fileURLToPath(new URL('./device-main.ts', import.meta.url));

/** A device in a process of its own, with its inbox in a file. When it dies it is started again. */
export class DeviceProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'remote-display-device-'));
  readonly #options: DeviceMainOptions;
  #child: ChildProcess | undefined;
  /** How often it died, killed or by itself. */
  deaths = 0;

  private constructor(options: Omit<DeviceMainOptions, 'folder'>) {
    this.#options = { ...options, folder: this.#folder };
  }

  /** Resolves when it is online. */
  static async start(
    serverUrl: string,
    { tokens }: Paired,
    { crashChance = 0 }: { crashChance?: number } = {},
  ): Promise<DeviceProcess> {
    const device = new DeviceProcess({ serverUrl, tokens, crashChance });
    await new Promise((resolve) => device.#run(resolve));
    return device;
  }

  /** kill -9; it comes back by itself. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** What has stood on the glass so far, in its order. */
  tell(glass: Glass): void {
    for (const line of linesOf(join(this.#folder, 'glass')) as GlassLine[])
      if ('begun' in line) glass.begun(line.begun);
      else glass.shown(line.shown);
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#folder, { recursive: true });
  }

  #run(onOnline: (message: unknown) => void): void {
    const child = fork(MAIN, [JSON.stringify(this.#options)], {
      execArgv: ['--conditions=@remote-display/source'],
    });
    this.#child = child;
    child.once('message', onOnline);
    child.once('exit', () => {
      if (this.#child !== child) return;
      this.deaths++;
      this.#run(onOnline);
    });
  }
}
