import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteDisplayClient, TokenManager } from '@remote-display/client';
import { type Paired, RemoteDisplayError } from '@remote-display/protocol';
import type { Glass } from './crash-glass.ts';
import { fails, workMs } from './crash-wishes.ts';

/** Devices in the test's own process: they outlive every server. */
export class CrashStations {
  readonly #glass: Glass;
  readonly #closing: (() => unknown)[] = [];
  // When devices came online, and from when on they could, ms since 1970.
  readonly #onlineAt: number[] = [];
  readonly #moments: number[] = [];

  constructor(glass: Glass) {
    this.#glass = glass;
  }

  async add(serverUrl: string, { tokens: pair }: Paired): Promise<void> {
    const tokens = new TokenManager({ serverUrl, tokens: pair });
    const glass = this.#glass;
    const client = new RemoteDisplayClient({
      serverUrl,
      tokens,
      handlers: {
        async navigate({ payload: { orderId }, attempt }, { signal }) {
          glass.begun(orderId);
          const ms = workMs(orderId);
          if (ms > 0) await sleep(ms);
          signal.throwIfAborted();
          if (fails(orderId, attempt)) throw new RemoteDisplayError('DOCUMENT_LOAD_FAILED');
          glass.shown(orderId);
        },
      },
    });
    client.on('state', ({ status }) => {
      if (status === 'online') this.#onlineAt.push(performance.timeOrigin + performance.now());
    });
    this.#closing.push(
      () => client.close(),
      () => tokens.stop(),
    );
    await client.connect();
  }

  /** From this moment on, ms since 1970, those that are gone can come back. */
  backFrom(moment: number): void {
    this.#moments.push(moment);
  }

  /** How long devices needed to resume, in ms. */
  get resumeMs(): { median: number; max: number } {
    const all = this.#onlineAt.flatMap((at) => {
      const since = this.#moments.findLast((moment) => moment <= at);
      return since === undefined ? [] : at - since;
    });
    return { median: median(all), max: Math.max(0, ...all) };
  }

  async close(): Promise<void> {
    for (const close of this.#closing) await close();
  }
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
