import { randomUUID } from 'node:crypto';
import type { OrderDocument } from '@remote-display/protocol';
import { GuardedCall, type GuardedCallOptions } from '../hooks/guarded-call.ts';
import type { OrderShelf } from './order-shelf.ts';

/** What is used of an ioredis client, single or cluster. */
export interface OrderCacheRedis {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, unit: 'PX', ms: number): Promise<unknown>;
  pttl(key: string): Promise<number>;
  del(key: string): Promise<unknown>;
}

const PREFIX = 'remote-display:order-cache:';
// Longer than this, and looking up is as good as asking. ioredis would keep a command until Redis is back.
const TIMEOUT_MS = 250;
const HOUR_MS = 3_600_000;

/** Answers in a Redis, shared by all nodes. Every command touches one key, and every key expires by itself. */
export class RedisShelf implements OrderShelf {
  /** Leaves a Redis that does not answer alone. */
  readonly guard: GuardedCall;
  readonly #redis: OrderCacheRedis;
  readonly #longestLifeMs: number;

  constructor(
    redis: OrderCacheRedis,
    longestLifeMs: number,
    { breaker, onState }: Pick<GuardedCallOptions, 'breaker' | 'onState'>,
  ) {
    this.#redis = redis;
    this.#longestLifeMs = longestLifeMs;
    this.guard = new GuardedCall({
      name: 'orderCache',
      timeoutMs: TIMEOUT_MS,
      timeoutCode: 'STORE_UNAVAILABLE',
      failureCode: 'STORE_UNAVAILABLE',
      breaker,
      onState,
    });
  }

  async get(key: string): Promise<unknown> {
    const text = await this.guard.run(() => this.#redis.get(PREFIX + key));
    return text === null ? undefined : JSON.parse(text);
  }

  async set(key: string, document: OrderDocument, lifeMs: number): Promise<void> {
    const text = JSON.stringify(document);
    await this.guard.run(() => this.#redis.set(PREFIX + key, text, 'PX', lifeMs));
  }

  async remove(key: string): Promise<void> {
    await this.guard.run(() => this.#redis.del(PREFIX + key));
  }

  lifeLeft(key: string): Promise<number> {
    return this.guard.run(() => this.#redis.pttl(PREFIX + key));
  }

  async generation(orderId: string): Promise<string> {
    return (await this.guard.run(() => this.#redis.get(generationKey(orderId)))) ?? '';
  }

  async renew(orderId: string): Promise<void> {
    // It outlives all that was kept without it, also what a look-up under way is about to keep.
    const lifeMs = this.#longestLifeMs + HOUR_MS;
    const key = generationKey(orderId);
    await this.guard.run(() => this.#redis.set(key, randomUUID(), 'PX', lifeMs));
  }
}

const generationKey = (orderId: string) => `${PREFIX}generation:${orderId}`;
