import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const READY_MS = 60_000;

/** One of the processes of a measurement, which speaks by messages. */
export class Part {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts `file` and resolves with its first message. */
  static async start<T>(file: string, task: object): Promise<{ part: Part; ready: T }> {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      serialization: 'advanced',
    });
    const part = new Part(child);
    child.send(task);
    return { part, ready: await part.answer<T>(READY_MS) };
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends a message and resolves with the next one that comes back. */
  ask<T>(message: object, timeoutMs: number): Promise<T> {
    const answer = this.answer<T>(timeoutMs);
    this.#child.send(message);
    return answer;
  }

  answer<T>(timeoutMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error('a part of the measurement is silent')),
        timeoutMs,
      );
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#child.off('message', onMessage).off('exit', onExit);
        settle();
      };
      const onMessage = (message: unknown) => end(() => resolve(message as T));
      const onExit = () => end(() => reject(new Error('a part of the measurement has ended')));
      this.#child.on('message', onMessage).on('exit', onExit);
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }
}
