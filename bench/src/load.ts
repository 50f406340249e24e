import { Agent, request } from 'node:http';
import { DEVICES, type Mode, type ServerReady, screenOf } from './modes.ts';

/** So many triggers, so many at a time. */
export interface LoadTask {
  count: number;
  inFlight: number;
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
  const path = mode === 'bare' ? '/' : '/api/trigger?wait=shown&timeout=10000';
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };

  function trigger(device: number): Promise<boolean> {
    const wish = {
      id: crypto.randomUUID(),
      orderId: 'PO-2026-1001',
      screenId: screenOf(device),
      displayIndex: 1,
      timestamp: Date.now(),
    };
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, path, method: 'POST', agent, headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => resolve(JSON.parse(text).state === 'shown'));
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify(wish));
    });
  }

  async function run({ count, inFlight }: LoadTask): Promise<LoadResult> {
    const latencies: number[] = [];
    let failed = 0;
    let next = 0;
    const begin = performance.now();
    const worker = async (offset: number) => {
      // Each in flight has devices of its own, so that no trigger supersedes another.
      for (let turn = 0; next < count; turn++) {
        next++;
        const device = (offset + turn * inFlight) % (Math.floor(DEVICES / inFlight) * inFlight);
        const at = performance.now();
        if (!(await trigger(device))) failed++;
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
