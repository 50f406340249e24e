import { RemoteDisplayError } from '@remote-display/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OrderResolver } from './order-resolver.ts';
import type { ResolveOrder } from './resolve-order.ts';

const TIMEOUT_MS = 5_000;
const CONTEXT = { screenId: 's1', displayIndex: 1, subject: 'worker' };
const DOCUMENT = { url: 'https://docs.example.com/o1', title: 'Order 1', revision: 'B' };

const resolver = (resolveOrder: unknown, origins?: string[]) =>
  new OrderResolver(resolveOrder as ResolveOrder, TIMEOUT_MS, origins, {
    breaker: { failures: 2, resetMs: 1_000 },
  });
const ending = (call: Promise<unknown>) =>
  call.catch((error) => (error instanceof RemoteDisplayError ? error.code : error));
const state = (orders: OrderResolver) => orders.guards[0]?.state;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('resolveOrder', () => {
  it('is asked for the order with what it is looked up for', async () => {
    const hook = vi.fn(() => DOCUMENT);
    await expect(resolver(hook).resolve('o1', CONTEXT)).resolves.toEqual(DOCUMENT);
    expect(hook).toHaveBeenCalledWith('o1', { ...CONTEXT, signal: expect.any(AbortSignal) });
  });

  it.each([null, undefined])('that answers %s has no such order', async (answer) => {
    const orders = resolver(() => answer);
    for (let i = 0; i < 3; i++) {
      await expect(ending(orders.resolve('o1', CONTEXT))).resolves.toBe('ORDER_NOT_FOUND');
    }
    expect(state(orders)).toBe('closed');
  });

  it('that hangs is given up, and after a few times left alone', async () => {
    const hook = vi.fn(() => new Promise(() => {}));
    const orders = resolver(hook);
    for (let i = 0; i < 2; i++) {
      const ended = ending(orders.resolve('o1', CONTEXT));
      await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
      await expect(ended).resolves.toBe('ORDER_LOOKUP_TIMEOUT');
    }
    await expect(ending(orders.resolve('o1', CONTEXT))).resolves.toBe('CIRCUIT_OPEN');
    expect(hook).toHaveBeenCalledTimes(2);
  });

  it('that is slow but in time is answered', async () => {
    const hook = () => new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS - 1, DOCUMENT));
    const ended = resolver(hook).resolve('o1', CONTEXT);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS - 1);
    await expect(ended).resolves.toEqual(DOCUMENT);
  });

  it('that throws is told of by a code, without what it threw, and opens the breaker', async () => {
    const orders = resolver(() => {
      throw new Error('password=1234');
    });
    const error: unknown = await orders.resolve('o1', CONTEXT).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'ORDER_LOOKUP_FAILED' });
    expect(JSON.stringify(error)).not.toContain('1234');
    await ending(orders.resolve('o1', CONTEXT));
    expect(state(orders)).toBe('open');
  });

  it.each([
    ['a text', 'https://docs.example.com/o1'],
    ['a number', 7],
    ['nothing in it', {}],
    ['an unknown key', { ...DOCUMENT, html: '<b>' }],
    ['a script', { url: 'javascript:alert(1)' }],
    ['a file', { url: 'file:///etc/passwd' }],
    ['credentials', { url: 'https://docs.example.com@evil.example/' }],
    ['a relative address', { url: '/o1' }],
    ['an address without end', { url: `https://docs.example.com/${'x'.repeat(100_000)}` }],
  ])('that answers rubbish (%s) has failed, and opens the breaker', async (_, answer) => {
    const orders = resolver(() => answer);
    for (let i = 0; i < 2; i++) {
      await expect(ending(orders.resolve('o1', CONTEXT))).resolves.toBe('ORDER_LOOKUP_FAILED');
    }
    expect(state(orders)).toBe('open');
  });

  it("may throw errors of ours, and the order's own do not open the breaker", async () => {
    const orders = resolver(() => {
      throw new RemoteDisplayError('ORDER_OUT_OF_STOCK');
    });
    for (let i = 0; i < 5; i++) {
      await expect(ending(orders.resolve('o1', CONTEXT))).resolves.toBe('ORDER_OUT_OF_STOCK');
    }
    expect(state(orders)).toBe('closed');
  });

  it('may answer only documents of the allowed origins', async () => {
    const orders = resolver(() => DOCUMENT, ['https://other.example.com']);
    for (let i = 0; i < 3; i++) {
      await expect(ending(orders.resolve('o1', CONTEXT))).resolves.toBe('DOCUMENT_BLOCKED');
    }
    expect(state(orders)).toBe('closed');
    const allowed = resolver(() => DOCUMENT, ['https://docs.example.com']);
    await expect(allowed.resolve('o1', CONTEXT)).resolves.toEqual(DOCUMENT);
  });

  it('is asked by each call for itself unless a cache is set', async () => {
    const hook = vi.fn(async () => DOCUMENT);
    const orders = resolver(hook);
    expect(orders.cache).toBeUndefined();
    await Promise.all([orders.resolve('o1', CONTEXT), orders.resolve('o1', CONTEXT)]);
    await orders.resolve('o1', CONTEXT);
    expect(hook).toHaveBeenCalledTimes(3);
  });

  it('is tried again by one call, and works on', async () => {
    let ill = true;
    const hook = vi.fn(() => {
      if (ill) throw new Error('down');
      return DOCUMENT;
    });
    const orders = resolver(hook);
    for (let i = 0; i < 2; i++) await ending(orders.resolve('o1', CONTEXT));
    ill = false;
    await expect(ending(orders.resolve('o1', CONTEXT))).resolves.toBe('CIRCUIT_OPEN');
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(orders.resolve('o1', CONTEXT)).resolves.toEqual(DOCUMENT);
    expect(hook).toHaveBeenCalledTimes(3);
  });
});
