import { Agent, request } from 'node:http';
import { DEVICES, type Mode, type ServerReady, screenOf } from './modes.ts';

/** So many triggers, so many at a time. */
export interface LoadTask {
  count: number;
  inFlight: number;
  /** So many in one request. Default: each in its own. */
  batch?: number;
}

export interface LoadResult {
  /** ms from the request to its answer, each. */
  latencies: number[];
  durationMs: number;
  /** Answers that did not say `shown`. */
  failed: number;
}

// The same load for all modes: triggers over kept-alive connections, each answered when shown.
process.once('message', ({ mode, port, token }: ServerReady & { mode: Mode }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1_024 });
  const api = '/api/trigger';
  const wait = '?wait=shown&timeout=10000';
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };

  const wishFor = (device: number) => ({
    id: crypto.randomUUID(),
    orderId: 'PO-2026-1001',
    screenId: screenOf(device),
    displayIndex: 1,
    timestamp: Date.now(),
  });

  function post<T>(path: string, body: object): Promise<T> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, path, method: 'POST', agent, headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => resolve(JSON.parse(text) as T));
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify(body));
    });
  }

  /** Triggers for these devices; answers how many were not shown. */
  async function trigger(devices: number[], batched: boolean): Promise<number> {
    if (!batched) {
      const path = mode === 'bare' ? '/' : `${api}${wait}`;
      const { state } = await post<{ state?: string }>(path, wishFor(devices[0] ?? 0));
      return state === 'shown' ? 0 : 1;
    }
    const triggers = devices.map(wishFor);
    const { results } = await post<{ results: { command?: { state: string } }[] }>(
      `${api}s${wait}`,
      { triggers },
    );
    return results.filter(({ command }) => command?.state !== 'shown').length;
  }

  async function run({ count, inFlight, batch = 1 }: LoadTask): Promise<LoadResult> {
    const latencies: number[] = [];
    let failed = 0;
    let next = 0;
    const begin = performance.now();
    const width = inFlight * batch;
    const worker = async (offset: number) => {
      // Each in flight has devices of its own, so that no trigger supersedes another.
      for (let turn = 0; next < count; turn++) {
        next += batch;
        const first = (offset * batch + turn * width) % (Math.floor(DEVICES / width) * width);
        const devices = Array.from({ length: batch }, (_, n) => first + n);
        const at = performance.now();
        failed += await trigger(devices, batch > 1);
        latencies.push(performance.now() - at);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, (_, offset) => worker(offset)));
    return { latencies, durationMs: performance.now() - begin, failed };
  }

  process.on('message', async (task: LoadTask) => process.send?.(await run(task)));
  process.send?.({ ready: true });
});
process.on('disconnect', () => process.exit());
