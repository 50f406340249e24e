import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderCacheOptions } from '../../packages/server/src/trigger/order-cache.ts';
import { OrderResolver } from '../../packages/server/src/trigger/order-resolver.ts';

const CONTEXT = { screenId: 's1', displayIndex: 0, subject: 'worker' };
const PREFIX = 'remote-display:order-cache:';

let port: number;
let server: ChildProcess;
let admin: Redis;
const clients: Redis[] = [];

/** A node of its own: its own client, its own cache. It looks up a new revision each time. */
async function node(
  name: string,
  options: Partial<OrderCacheOptions> = {},
  lookUp?: () => Promise<void>,
) {
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => 20 });
  // Without a listener ioredis writes every lost connection to the console.
  redis.on('error', () => {});
  clients.push(redis);
  await redis.ping();
  let calls = 0;
  const orders = new OrderResolver(
    async (orderId) => {
      const revision = `${name}${++calls}`;
      await lookUp?.();
      return { url: `https://docs.example.com/${encodeURIComponent(orderId)}`, revision };
    },
    5_000,
    ['https://docs.example.com'],
    { cache: { ttlMs: 60_000, redis, ...options }, breaker: { failures: 2, resetMs: 50 } },
  );
  if (!orders.cache) throw new Error('it was given a cache');
  const get = async (orderId = 'o1', subject = 'worker') =>
    (await orders.resolve(orderId, { ...CONTEXT, subject })).revision;
  return { orders, cache: orders.cache, get };
}

beforeAll(async () => {
  port = await freePort();
  server = startRedis();
  admin = new Redis(port, '127.0.0.1', { retryStrategy: () => 20 });
  admin.on('error', () => {});
});
beforeEach(async () => {
  await admin.flushall();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => {
  admin.disconnect();
  server.kill('SIGKILL');
});

describe('a cache in Redis', () => {
  it('is shared by all nodes', async () => {
    const a = await node('a');
    const b = await node('b');
    expect(await a.get()).toBe('a1');
    expect(await b.get()).toBe('a1');
    expect(await b.get('o1', 'visitor')).toBe('b1');
    expect(b.cache.stats()).toMatchObject({ hits: 1, misses: 1, hitRate: 0.5, failures: 0 });
  });

  it('forgets when the time is up, and shows what is stale until then', async () => {
    const a = await node('a', { ttlMs: 1_000, staleMs: 60_000 });
    expect(await a.get()).toBe('a1');
    const [key] = await admin.keys(`${PREFIX}order*`);
    const left = await admin.pttl(String(key));
    expect(left).toBeGreaterThan(60_000);
    expect(left).toBeLessThanOrEqual(61_000);
    await admin.pexpire(String(key), 59_999);
    expect(await a.get()).toBe('a1');
    expect(a.cache.stats().stale).toBe(1);
    await expect.poll(() => a.get()).toBe('a2');

    const b = await node('b', { ttlMs: 1_000 });
    await b.cache.invalidate('o1');
    expect(await b.get()).toBe('b1');
    await expect.poll(() => b.get(), { timeout: 5_000 }).toBe('b2');
  });

  it('keeps every key under its own name, and none for ever', async () => {
    const a = await node('a');
    await a.get('*');
    await a.get('{tag}');
    await a.cache.invalidate('*');
    await a.get('*');
    const keys = await admin.keys('*');
    expect(keys).toHaveLength(4);
    for (const key of keys) {
      expect(key.startsWith(PREFIX)).toBe(true);
      expect(await admin.pttl(key)).toBeGreaterThan(0);
    }
  });

  it('forgets an order for every node at once, and no other', async () => {
    const a = await node('a');
    const b = await node('b');
    await a.get('o1');
    await a.get('o2');
    await b.cache.invalidate('o1');
    expect(await a.get('o1')).toBe('a3');
    expect(await b.get('o1')).toBe('a3');
    expect(await b.get('o2')).toBe('a2');
  });

  it('keeps nothing of a look-up that another node began before the invalidation', async () => {
    const begun = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const slow = await node('slow', {}, () => {
      begun.resolve();
      return held.promise;
    });
    const other = await node('other');
    const old = slow.get();
    await begun.promise;
    await other.cache.invalidate('o1');
    expect(await other.get()).toBe('other1');
    held.resolve();
    expect(await old).toBe('slow1');
    expect(await slow.get()).toBe('other1');
    expect(await other.get()).toBe('other1');
  });

  it('believes nothing that others wrote there', async () => {
    const a = await node('a');
    for (const [i, text] of ['{', 'null', '{"url":"https://evil.example.com/"}'].entries()) {
      await a.get();
      const [key] = await admin.keys(`${PREFIX}order*`);
      await admin.set(String(key), text, 'PX', 60_000);
      expect(await a.get()).toBe(`a${i + 2}`);
    }
  });

  it('may be killed and come back: orders are looked up, and kept again', async () => {
    const a = await node('a');
    expect(await a.get()).toBe('a1');
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    expect(await a.get()).toBe('a2');
    await expect(a.cache.invalidate('o1')).rejects.toMatchObject({ retryable: true });
    server = startRedis();
    await expect.poll(keeps(a), { timeout: 10_000 }).toBe(true);
  });

  it('may stand still: nobody waits for it, and it is used again when it goes on', async () => {
    const a = await node('a');
    expect(await a.get()).toBe('a1');
    server.kill('SIGSTOP');
    try {
      expect(await a.get()).toBe('a2');
      expect(await a.get()).toBe('a3');
      expect(a.orders.guards.map(({ state }) => state)).toEqual(['closed', 'open']);
      expect(await a.get()).toBe('a4');
    } finally {
      server.kill('SIGCONT');
    }
    await expect.poll(keeps(a), { timeout: 10_000 }).toBe(true);
  });
});

/** Whether the second of two calls is answered what the first was. */
const keeps = (of: Awaited<ReturnType<typeof node>>) => async () => {
  const first = await of.get();
  return (await of.get()) === first;
};

function startRedis(): ChildProcess {
  const options = ['--port', String(port), '--save', '', '--appendonly', 'no'];
  return spawn('redis-server', options, { stdio: 'ignore' });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
