import { type OrderDocument, RemoteDisplayError } from '@remote-display/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OrderCache, OrderCacheOptions } from './order-cache.ts';
import type { OrderCacheRedis } from './order-cache-redis.ts';
import { OrderResolver } from './order-resolver.ts';
import type { ResolveOrder } from './resolve-order.ts';

const CONTEXT = { screenId: 's1', displayIndex: 1, subject: 'worker' };
const TTL_MS = 10_000;

/** A resolver with a cache over `hook`, which by default answers a new revision at each call. */
function cached(options: Partial<OrderCacheOptions> = {}, hook?: ResolveOrder) {
  let revision = 0;
  const lookUp = vi.fn<ResolveOrder>(
    hook ??
      (async (orderId) => ({
        url: `https://docs.example.com/${orderId}`,
        revision: String(++revision),
      })),
  );
  const orders = new OrderResolver(lookUp, 5_000, ['https://docs.example.com'], {
    cache: { ttlMs: TTL_MS, ...options },
    breaker: { failures: 2, resetMs: 1_000 },
  });
  const get = async (orderId = 'o1', context = {}) =>
    (await orders.resolve(orderId, { ...CONTEXT, ...context })).revision;
  return { orders, cache: orders.cache as OrderCache, lookUp, get };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what is kept', () => {
  it('an answer is given again until its time is up, to the ms', async () => {
    const { get, lookUp } = cached({ ttlMs: 1_500 });
    expect(await get()).toBe('1');
    await vi.advanceTimersByTimeAsync(1_499);
    expect(await get()).toBe('1');
    await vi.advanceTimersByTimeAsync(1);
    expect(await get()).toBe('2');
    expect(lookUp).toHaveBeenCalledTimes(2);
  });

  it('setting the clock back makes no answer last longer', async () => {
    const { get } = cached();
    await get();
    vi.setSystemTime(Date.now() - 4 * 3_600_000);
    await vi.advanceTimersByTimeAsync(TTL_MS);
    expect(await get()).toBe('2');
  });

  it('the answer unused for longest makes room', async () => {
    const { get, lookUp } = cached({ maxEntries: 2 });
    for (const orderId of ['a', 'b', 'a', 'c']) await get(orderId);
    expect(lookUp).toHaveBeenCalledTimes(3);
    await get('a');
    expect(lookUp).toHaveBeenCalledTimes(3);
    await get('b');
    expect(lookUp).toHaveBeenCalledTimes(4);
  });

  it.each([
    ['no order', () => null, 'ORDER_NOT_FOUND'],
    ['an error', () => Promise.reject(new Error('down')), 'ORDER_LOOKUP_FAILED'],
    ['rubbish', () => ({}) as OrderDocument, 'ORDER_LOOKUP_FAILED'],
  ])('%s is never kept', async (_, first, code) => {
    let calls = 0;
    const { orders, get } = cached({}, () =>
      ++calls === 1 ? first() : { url: 'https://docs.example.com/o1', revision: 'well' },
    );
    await expect(orders.resolve('o1', CONTEXT)).rejects.toMatchObject({ code });
    expect(await get()).toBe('well');
  });

  it('is answered though the breaker is open', async () => {
    let ill = false;
    const { get, orders } = cached({}, () => {
      if (ill) throw new Error('down');
      return { url: 'https://docs.example.com/', revision: 'kept' };
    });
    await get('kept');
    ill = true;
    for (let i = 0; i < 2; i++) await get('other').catch(() => {});
    expect(orders.guards.map(({ name, state }) => [name, state])).toEqual([
      ['resolveOrder', 'open'],
    ]);
    expect(await get('kept')).toBe('kept');
  });
});

describe('whom it is kept for', () => {
  it.each([
    ['another subject', { subject: 'visitor' }],
    ['another screen', { screenId: 's2' }],
    ['another display', { displayIndex: 2 }],
  ])('%s is never answered what was looked up for the first', async (_, other) => {
    const { get } = cached();
    expect(await get()).toBe('1');
    expect(await get('o1', other)).toBe('2');
    expect(await get()).toBe('1');
  });

  it('for all, where the integrator says that it depends on nothing', async () => {
    const { get } = cached({ vary: [] });
    await get();
    expect(await get('o1', { subject: 'visitor', screenId: 's2', displayIndex: 2 })).toBe('1');
    expect(await get('o2')).toBe('2');
  });

  it('orders and subjects with odd names are not mistaken for each other', async () => {
    const { get } = cached({ vary: ['subject'] });
    await get('a","b', { subject: 'c' });
    expect(await get('a', { subject: 'b","c' })).toBe('2');
    expect(await get('__proto__', { subject: '*' })).toBe('3');
  });
});

describe('one look-up for many', () => {
  it('serves all who ask while it is under way', async () => {
    const { get, lookUp, cache } = cached();
    const answers = await Promise.all(Array.from({ length: 100 }, () => get()));
    expect(new Set(answers)).toEqual(new Set(['1']));
    expect(lookUp).toHaveBeenCalledTimes(1);
    expect(cache.stats()).toMatchObject({ misses: 1, hits: 0, dedupes: 99 });
  });

  it('fails all of them alike, and the next asks again', async () => {
    const { orders, lookUp } = cached({}, () => Promise.reject(new Error('down')));
    const ended = await Promise.allSettled([
      orders.resolve('o1', CONTEXT),
      orders.resolve('o1', CONTEXT),
    ]);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(lookUp).toHaveBeenCalledTimes(1);
    await expect(orders.resolve('o1', CONTEXT)).rejects.toThrow();
    expect(lookUp).toHaveBeenCalledTimes(2);
  });
});

describe('stale answers', () => {
  it('are given at once while the order is looked up anew, once', async () => {
    const { get, lookUp, cache } = cached({ staleMs: 5_000 });
    await get();
    await vi.advanceTimersByTimeAsync(TTL_MS + 1);
    expect(await Promise.all([get(), get()])).toEqual(['1', '1']);
    await vi.advanceTimersByTimeAsync(0);
    expect(lookUp).toHaveBeenCalledTimes(2);
    expect(cache.stats().stale).toBe(1);
    expect(await get()).toBe('2');
    expect(lookUp).toHaveBeenCalledTimes(2);
  });

  it('are not given after that time', async () => {
    const { get } = cached({ staleMs: 5_000 });
    await get();
    await vi.advanceTimersByTimeAsync(TTL_MS + 5_000);
    expect(await get()).toBe('2');
  });

  it('go on while the look-up fails', async () => {
    let ill = false;
    const { get, lookUp } = cached({ staleMs: 5_000 }, () => {
      if (ill) throw new Error('down');
      return { url: 'https://docs.example.com/', revision: 'kept' };
    });
    await get();
    ill = true;
    await vi.advanceTimersByTimeAsync(TTL_MS + 1);
    expect(await get()).toBe('kept');
    await vi.advanceTimersByTimeAsync(0);
    expect(lookUp).toHaveBeenCalledTimes(2);
    expect(await get()).toBe('kept');
  });

  it('end at once when the order is found to be gone', async () => {
    let gone = false;
    const { orders, get } = cached({ staleMs: 5_000 }, () =>
      gone ? null : { url: 'https://docs.example.com/', revision: 'kept' },
    );
    await get();
    gone = true;
    await vi.advanceTimersByTimeAsync(TTL_MS + 1);
    expect(await get()).toBe('kept');
    await vi.advanceTimersByTimeAsync(0);
    await expect(orders.resolve('o1', CONTEXT)).rejects.toMatchObject({ code: 'ORDER_NOT_FOUND' });
  });
});

describe('invalidation', () => {
  it('forgets the order for everyone, and no other', async () => {
    const { get, cache } = cached();
    await get('o1');
    await get('o1', { subject: 'visitor' });
    await get('o2');
    await cache.invalidate('o1');
    expect(await get('o1')).toBe('4');
    expect(await get('o1', { subject: 'visitor' })).toBe('5');
    expect(await get('o2')).toBe('3');
  });

  it('takes an order id as it is, never as a pattern', async () => {
    const { get, cache } = cached();
    await get('o1');
    await cache.invalidate('*');
    await cache.invalidate('o?');
    expect(await get('o1')).toBe('1');
  });

  it('keeps nothing of a look-up that began before, and lets nobody join it', async () => {
    const waiting: ((document: OrderDocument) => void)[] = [];
    const answer = (revision: string) => ({ url: 'https://docs.example.com/', revision });
    const { get, cache } = cached({}, () => new Promise((resolve) => waiting.push(resolve)));
    const before = get();
    await vi.advanceTimersByTimeAsync(0);
    await cache.invalidate('o1');
    const after = get();
    await vi.advanceTimersByTimeAsync(0);
    expect(waiting).toHaveLength(2);
    waiting[1]?.(answer('new'));
    waiting[0]?.(answer('old'));
    expect(await Promise.all([before, after])).toEqual(['old', 'new']);
    expect(await get()).toBe('new');
  });

  it('of ever more orders takes no more room, and brings nothing old back', async () => {
    const { get, cache } = cached({ maxEntries: 3 });
    await get('o1');
    await cache.invalidate('o1');
    expect(await get('o1')).toBe('2');
    for (const orderId of ['a', 'b', 'c', 'd']) await cache.invalidate(orderId);
    expect(await get('o1')).toBe('3');
  });
});

describe('the count', () => {
  it('tells hits of all, and is 0 before there are any', async () => {
    const { get, cache } = cached();
    const none = { hits: 0, misses: 0, stale: 0, dedupes: 0, failures: 0, hitRate: 0 };
    expect(cache.stats()).toEqual(none);
    for (let i = 0; i < 4; i++) await get();
    expect(cache.stats()).toEqual({ ...none, hits: 3, misses: 1, hitRate: 0.75 });
  });
});

describe('a Redis that cannot be relied on', () => {
  const redis = (parts: Partial<OrderCacheRedis>): OrderCacheRedis => ({
    get: async () => null,
    set: async () => 'OK',
    pttl: async () => -2,
    del: async () => 0,
    ...parts,
  });

  it('that is down costs a look-up and no failure; an invalidation is told that it did not happen', async () => {
    const down = () => Promise.reject(new Error('ECONNREFUSED'));
    const { get, cache, orders } = cached({
      redis: redis({ get: down, set: down, pttl: down, del: down }),
    });
    expect(await get()).toBe('1');
    expect(await get()).toBe('2');
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0, failures: 2 });
    const told = await cache.invalidate('o1').catch((error: unknown) => error);
    expect(told).toBeInstanceOf(RemoteDisplayError);
    expect(told).toMatchObject({ code: 'CIRCUIT_OPEN', detail: 'orderCache', retryable: true });
    expect(orders.guards.map(({ name, state }) => [name, state])).toEqual([
      ['resolveOrder', 'closed'],
      ['orderCache', 'open'],
    ]);
  });

  it('that hangs holds nobody up for long, and soon not at all', async () => {
    const asked = vi.fn(() => new Promise<never>(() => {}));
    const { get } = cached({ redis: redis({ get: asked }) });
    for (let i = 0; i < 2; i++) {
      const answer = get();
      await vi.advanceTimersByTimeAsync(250);
      expect(await answer).toBe(String(i + 1));
    }
    expect(await get()).toBe('3');
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['no JSON', '{"url'],
    ['no document', '{}'],
    ['nothing', 'null'],
    ['a script', '{"url":"javascript:alert(1)"}'],
    ['an origin that is not allowed', '{"url":"https://evil.example.com/"}'],
  ])('that holds %s is not believed', async (_, text) => {
    const { get, cache } = cached({
      redis: redis({ get: async (key) => (key.includes('generation:') ? null : text) }),
    });
    expect(await get()).toBe('1');
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 1, failures: 1 });
  });

  it('that fails between two commands is no failure', async () => {
    const kept = JSON.stringify({ url: 'https://docs.example.com/', revision: 'kept' });
    const { get } = cached({
      staleMs: 1_000,
      redis: redis({
        get: async (key) => (key.includes('generation:') ? null : kept),
        pttl: () => Promise.reject(new Error('gone')),
      }),
    });
    expect(await get()).toBe('kept');
  });
});
