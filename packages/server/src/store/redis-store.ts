import { RemoteDisplayError } from '@remote-display/protocol';
import type { Cluster, Redis } from 'ioredis';
import { makeClients } from './redis/clients.ts';
import { RedisConnection } from './redis/connection.ts';
import { checkFormat, checkServers, checkWrites } from './redis/fitness.ts';
import { Layout } from './redis/layout.ts';
import { RedisCommands } from './redis/redis-commands.ts';
import { RedisDeadLetters } from './redis/redis-dead-letters.ts';
import { RedisNews } from './redis/redis-news.ts';
import { RedisScreens } from './redis/redis-screens.ts';
import { RedisPairings, RedisSessions } from './redis/redis-sessions.ts';
import type { Store } from './store.ts';

export interface RedisStoreOptions {
  /** Where Redis is: `redis://` or `rediss://`. Either this or `client`. */
  url?: string;
  /**
   * A client of ioredis, for Sentinel, Cluster or special TLS. It is only a pattern: the store makes
   * its own connections after it, and neither uses nor closes this one. Its `keyPrefix` does not count.
   */
  client?: Redis | Cluster;
  /** What all keys and channels begin with, after a `{`. Default `remote-display`. */
  keyPrefix?: string;
  /**
   * Into how many parts the commands are divided, by screen; in a Cluster they spread over its nodes.
   * It stays as it was when the store was made. 1 to 1,024, default 1.
   */
  partitions?: number;
  /** How many operations may wait for Redis before new ones are refused with `STORE_UNAVAILABLE`. Default 10,000. */
  maxPending?: number;
  /** How long an operation may take before it is refused with `STORE_UNAVAILABLE`, in ms. Default 5,000. */
  timeoutMs?: number;
  /**
   * How many replicas must have an accepted or ended command before that is acknowledged, and how
   * long they are waited for, in ms. Default: none is waited for.
   */
  replicas?: { min: number; timeoutMs: number };
}

/**
 * Keeps everything in Redis 7 or Valkey, alone or as a Cluster, for several servers at once. What
 * was accepted survives as well as that Redis is set up to keep it: use `appendonly yes`, with
 * `appendfsync always` where not even the last second may be lost. Needs the package `ioredis`.
 *
 * @example
 * ```ts
 * createRemoteDisplay({ store: redisStore({ url: 'rediss://redis.factory.example:6379' }), ... });
 * ```
 */
export function redisStore(options: RedisStoreOptions = {}): Store {
  const { keyPrefix = 'remote-display', partitions = 1, timeoutMs = 5_000 } = options;
  const { maxPending = 10_000, replicas } = options;
  const from = sourceOf(options);
  check(/^[^{}]+$/.test(keyPrefix), 'keyPrefix must be a text without { and }');
  check(isWithin(partitions, 1, 1_024), 'partitions must be a whole number from 1 to 1,024');
  check(isWithin(timeoutMs, 1, 3_600_000), 'timeoutMs must be a whole number from 1');
  check(isWithin(maxPending, 1, Infinity), 'maxPending must be a whole number from 1');
  if (replicas !== undefined) {
    check(isWithin(replicas.min, 1, Infinity), 'replicas.min must be a whole number from 1');
    // Redis would wait for ever if it were 0, and longer than timeoutMs nobody waits for it.
    check(
      isWithin(replicas.timeoutMs, 1, timeoutMs - 1),
      'replicas.timeoutMs must be a whole number from 1, less than timeoutMs',
    );
  }

  const layout = new Layout(keyPrefix, partitions);
  const redis = new RedisConnection({ timeoutMs, maxPending, replicas });
  const news = new RedisNews(layout, timeoutMs);
  let isOpen = false;

  const close = async () => {
    isOpen = false;
    await Promise.all([redis.close(), news.close()]);
  };
  return {
    news,
    async open() {
      if (isOpen) return;
      isOpen = true;
      try {
        const { commands, subscriber } = await makeClients(from, timeoutMs);
        await redis.open(commands);
        await checkServers(redis);
        await checkFormat(redis, layout);
        await news.open(subscriber);
        await checkWrites(redis, layout);
      } catch (error) {
        await close();
        throw error;
      }
    },
    close,
    check: () => checkWrites(redis, layout),
    commands: new RedisCommands(redis, layout),
    deadLetters: new RedisDeadLetters(redis, layout),
    screens: new RedisScreens(redis, layout),
    sessions: new RedisSessions(redis, layout),
    pairings: new RedisPairings(redis, layout),
  };
}

function sourceOf({
  url,
  client,
}: RedisStoreOptions): { url: string } | { client: Redis | Cluster } {
  if (url !== undefined && client === undefined) return { url };
  if (client !== undefined && url === undefined) return { client };
  throw new RemoteDisplayError('INVALID_OPTIONS', { detail: 'redisStore needs a url or a client' });
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function check(isGood: boolean, detail: string): void {
  if (!isGood) throw new RemoteDisplayError('INVALID_OPTIONS', { detail: `redisStore: ${detail}` });
}
