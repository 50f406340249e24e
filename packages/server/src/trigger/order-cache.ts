import { type OrderDocument, RemoteDisplayError } from '@remote-display/protocol';
import { createCache, type StorageInterface } from 'async-cache-dedupe';
import type { BreakerOptions, GuardedCallOptions } from '../hooks/guarded-call.ts';
import { MemoryShelf } from './order-cache-memory.ts';
import { type OrderCacheRedis, RedisShelf } from './order-cache-redis.ts';
import type { OrderShelf } from './order-shelf.ts';
import type { ResolveContext } from './resolve-order.ts';

/** Keeps answers of `resolveOrder`. Without it every trigger looks its order up. */
export interface OrderCacheOptions {
  /** How long an answer is good, in ms: 1,000 to 86,400,000. Exact to the ms. */
  ttlMs: number;
  /** So long after that it is still answered while it is looked up anew behind the scenes, in ms. Default 0. */
  staleMs?: number | undefined;
  /** Answers kept in memory; the one unused for longest goes first. In Redis, its `maxmemory` rules. Default 10,000. */
  maxEntries?: number | undefined;
  /**
   * What besides the order an answer may depend on. Default all three, so that what one subject may see is
   * never shown to another. Leave out only what your `resolveOrder` does not look at.
   */
  vary?: readonly ('screenId' | 'displayIndex' | 'subject')[] | undefined;
  /** An ioredis client: answers are shared by all nodes. It stays yours to close. Default: this process's memory. */
  redis?: OrderCacheRedis | undefined;
}

/** How the cache fares, since the start. */
export interface OrderCacheStats {
  hits: number;
  misses: number;
  /** Hits that were past their `ttlMs`. */
  stale: number;
  /** Calls that joined a look-up already under way. */
  dedupes: number;
  /** Times the cache itself could not be asked, or held something that is no document. */
  failures: number;
  /** Hits of all hits and misses, 0 to 1. */
  hitRate: number;
}

export type OrderLookUp = (
  orderId: string,
  context: Omit<ResolveContext, 'signal'>,
) => Promise<OrderDocument>;

/** What stands around the cache. */
export interface OrderCacheSurroundings {
  /** Looks the order up and answers what has been checked, or throws. */
  lookUp: OrderLookUp;
  /** The document that it is, or throws: what comes out of the cache is believed no more than what went in. */
  check: (answer: unknown) => OrderDocument;
  breaker?: BreakerOptions | undefined;
  onState?: GuardedCallOptions['onState'];
}

interface Wanted {
  orderId: string;
  context: Omit<ResolveContext, 'signal'>;
  key: string;
}

const DEFAULT_MAX_ENTRIES = 10_000;

/**
 * Answers of `resolveOrder`, kept for a while. The library asks once for many and renews behind the
 * scenes. Its own two storages stay unused: they count in whole seconds, forget to free what an
 * invalidation leaves, and keep silent about an invalidation that did not happen.
 */
export class OrderCache {
  /** `redis` only: how the client fares. */
  readonly redis: RedisShelf | undefined;
  readonly #shelf: OrderShelf;
  readonly #staleMs: number;
  readonly #vary: NonNullable<OrderCacheOptions['vary']>;
  readonly #around: OrderCacheSurroundings;
  readonly #ask: (wanted: Wanted) => Promise<OrderDocument>;
  readonly #counted = { hits: 0, misses: 0, stale: 0, dedupes: 0, failures: 0 };

  constructor(options: OrderCacheOptions, around: OrderCacheSurroundings) {
    const { ttlMs, staleMs = 0, maxEntries = DEFAULT_MAX_ENTRIES, redis } = options;
    this.redis = redis && new RedisShelf(redis, ttlMs + staleMs, around);
    this.#shelf = this.redis ?? new MemoryShelf(maxEntries);
    this.#staleMs = staleMs;
    this.#vary = options.vary ?? ['screenId', 'displayIndex', 'subject'];
    this.#around = around;
    const cache = createCache({
      storage: { type: 'custom', options: { storage: this.#storage() } },
      // The library only adds and compares them: their unit is the storage's.
      ttl: ttlMs,
      stale: staleMs,
      onHit: () => this.#counted.hits++,
      onMiss: () => this.#counted.misses++,
      onDedupe: () => this.#counted.dedupes++,
    }).define(
      'order',
      { serialize: (wanted: Wanted) => wanted.key },
      async (wanted: Wanted): Promise<OrderDocument> => {
        try {
          return await around.lookUp(wanted.orderId, wanted.context);
        } catch (error) {
          // An order that is gone is gone at once, even where its old answer might still be shown.
          const answer = error instanceof RemoteDisplayError && !error.retryable;
          if (answer) await cache.clear('order', wanted);
          throw error;
        }
      },
    );
    this.#ask = (wanted) => cache.order(wanted);
  }

  /** The document, kept or looked up; throws what the look-up throws. */
  async resolve(orderId: string, context: Wanted['context']): Promise<OrderDocument> {
    let generation: string;
    try {
      generation = await this.#shelf.generation(orderId);
    } catch {
      this.#counted.failures++;
      return this.#around.lookUp(orderId, context);
    }
    const key = JSON.stringify([generation, orderId, ...this.#vary.map((name) => context[name])]);
    return this.#ask({ orderId, context, key });
  }

  /**
   * From here on no answer is given that was looked up, or began to be, before: on every node that shares the
   * Redis. Rejects, retryable, if the Redis could not be told.
   */
  async invalidate(orderId: string): Promise<void> {
    await this.#shelf.renew(orderId);
  }

  stats(): OrderCacheStats {
    const { hits, misses } = this.#counted;
    return { ...this.#counted, hitRate: hits === 0 ? 0 : hits / (hits + misses) };
  }

  #storage(): StorageInterface {
    const nothing = () => Promise.resolve();
    const storage = {
      get: (key: string) =>
        this.#try(async () => {
          const kept = await this.#shelf.get(key);
          return kept === undefined ? undefined : this.#around.check(kept);
        }),
      set: (key: string, document: OrderDocument, lifeMs: number) =>
        this.#try(async () => this.#shelf.set(key, document, lifeMs)),
      remove: (key: string) => this.#try(async () => this.#shelf.remove(key)),
      getTTL: async (key: string) => {
        const left = (await this.#try(async () => this.#shelf.lifeLeft(key))) ?? Infinity;
        if (left <= this.#staleMs) this.#counted.stale++;
        return left;
      },
      // The library insists on these and never calls them here.
      exists: nothing,
      invalidate: nothing,
      clear: nothing,
    };
    // Its type says that getTTL answers nothing; its code compares the number.
    return storage as unknown as StorageInterface;
  }

  /** A shelf that fails is an empty one. */
  async #try<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch {
      this.#counted.failures++;
      return undefined;
    }
  }
}
