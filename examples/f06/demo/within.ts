import { setTimeout as wait } from 'node:timers/promises';

/** Waits for `work`, but not longer than `ms`; then fails with a sentence that names what was awaited. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const late = wait(ms, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`${what}: nothing after ${ms / 1_000} s.`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    settled.abort();
    late.catch(() => {});
  }
}

/** Asks again and again until the answer is not undefined. Each failed try counts as no answer. */
export function until<T>(ms: number, what: string, ask: () => Promise<T | undefined>): Promise<T> {
  let over = false;
  const asking = (async () => {
    while (!over) {
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined) return answer;
      await wait(100);
    }
    throw new Error(what);
  })();
  asking.catch(() => {});
  return within(ms, what, asking).finally(() => {
    over = true;
  });
}
