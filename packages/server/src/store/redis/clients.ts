import { RemoteDisplayError } from '@remote-display/protocol';
import type { Cluster, Redis, RedisOptions } from 'ioredis';

export type RedisClient = Redis | Cluster;

export interface Clients {
  /** For everything but subscriptions. Not connected yet. */
  commands: RedisClient;
  /** A new connection for subscriptions. Not connected yet; it does not come back by itself. */
  subscriber(): Redis;
}

/** Makes our own connections, from a URL or after the pattern of a client that the integrator made. */
export async function makeClients(
  from: { url: string } | { client: RedisClient },
  timeoutMs: number,
): Promise<Clients> {
  const options = ours(timeoutMs);
  if ('url' in from) {
    const { Redis } = await ioredis();
    const commands = new Redis(from.url, options);
    return { commands, subscriber: () => commands.duplicate(subscribing(options)) };
  }
  if (!('nodes' in from.client)) {
    const commands = from.client.duplicate(options);
    return { commands, subscriber: () => commands.duplicate(subscribing(options)) };
  }
  const { retryStrategy, enableOfflineQueue: _, ...redisOptions } = options;
  const commands = from.client.duplicate([], {
    lazyConnect: true,
    keyPrefix: '',
    scaleReads: 'master',
    enableAutoPipelining: false,
    shardedSubscribers: false,
    clusterRetryStrategy: retryStrategy,
    redisOptions,
  });
  return { commands, subscriber: () => oneOf(commands).duplicate(subscribing(options)) };
}

/**
 * What must hold whatever the integrator's client is set to. Nothing is queued or sent again behind
 * our back: whoever waits is told when his time is over, and then it is not sent any more.
 */
function ours(timeoutMs: number) {
  return {
    lazyConnect: true,
    keyPrefix: '',
    enableAutoPipelining: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    // A connection on which nothing comes back is given up, so that the next one can do better.
    socketTimeout: timeoutMs,
    keepAlive: 5_000,
    readOnly: false,
    stringNumbers: false,
    replyMapping: 'legacy',
    retryStrategy: (times: number) => Math.min(times * 50, 1_000),
    // After a failover the old address may lead to a replica for a while.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  } satisfies RedisOptions;
}

/** `RedisNews` connects and subscribes anew itself, so that it knows when something was missed. */
function subscribing(options: RedisOptions): RedisOptions {
  return { ...options, retryStrategy: null, autoResubscribe: false, himportFieldsets: undefined };
}

/**
 * In a cluster `PUBLISH` reaches every node, so any one will do, and one connection is enough.
 * `SSUBSCRIBE` would need a connection to each master, and ioredis 6 keeps to itself when one of
 * those was lost and whether it could subscribe again: we could not tell that something was missed.
 */
function oneOf(cluster: Cluster): Redis {
  const masters = cluster.nodes('master');
  const node = masters[Math.floor(Math.random() * masters.length)];
  if (node === undefined) throw new Error('no node of the cluster is known');
  return node;
}

async function ioredis() {
  try {
    return await import('ioredis');
  } catch (cause) {
    throw new RemoteDisplayError('STORE_UNAVAILABLE', {
      detail: 'redisStore needs the package ioredis: npm install ioredis@6',
      cause,
    });
  }
}
