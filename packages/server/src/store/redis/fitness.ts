import { RemoteDisplayError } from '@remote-display/protocol';
import type { RedisClient } from './clients.ts';
import type { RedisConnection } from './connection.ts';
import type { Layout } from './layout.ts';
import { isReply, unavailable } from './redis-errors.ts';

/** The version of what is kept. It rises when an older server could not read it any more. */
const FORMAT = 1;
const OLDEST_MAJOR = 7;

/** Refuses a Redis that could lose commands or that we do not understand. */
export async function checkServers(redis: RedisConnection): Promise<void> {
  await redis.run(async (client) => {
    const servers = 'nodes' in client ? client.nodes('master') : [client];
    for (const server of servers) {
      const version = /redis_version:(\S+)/.exec(await ifAllowed(server.info('server'), ''))?.[1];
      if (version !== undefined && Number.parseInt(version, 10) < OLDEST_MAJOR)
        throw unsafe(`Redis ${OLDEST_MAJOR} or newer is needed, this is ${version}`);
      const [, policy] = await ifAllowed(policyOf(server), []);
      if (policy !== undefined && policy !== 'noeviction')
        throw unsafe(`maxmemory-policy must be noeviction, it is ${policy}`);
    }
  });
}

/** Refuses what was written by a newer version or with another number of partitions. */
export async function checkFormat(redis: RedisConnection, layout: Layout): Promise<void> {
  const { partitions } = layout;
  const meta = layout.access('meta');
  await redis.run((client) => client.hsetnx(meta, 'format', FORMAT));
  await redis.run((client) => client.hsetnx(meta, 'partitions', partitions));
  const [format, kept] = await redis.run((client) => client.hmget(meta, 'format', 'partitions'));
  if (Number(format) > FORMAT) throw new RemoteDisplayError('STORE_TOO_NEW');
  if (Number(kept) !== partitions)
    throw new RemoteDisplayError('STORE_MISMATCH', {
      detail: `it has ${kept} partitions, not ${partitions}`,
    });
}

/** Shows that every partition takes writes, and that news may be published. */
export async function checkWrites(redis: RedisConnection, layout: Layout): Promise<void> {
  const each = layout.all().map(async (at) => {
    const value = crypto.randomUUID();
    const kept = await redis.run(async (client) => {
      const [, read] = await Promise.all([
        client.set(at.check, value, 'PX', 60_000),
        client.get(at.check),
        // No news at all: whoever hears it ignores it.
        client.publish(at.news(''), ''),
      ]);
      return read;
    });
    if (kept === null) throw unavailable('Redis does not keep what is written');
  });
  await Promise.all(each);
}

async function policyOf(server: RedisClient): Promise<string[]> {
  return (await server.config('GET', 'maxmemory-policy')) as string[];
}

/** A user without the right to look is believed. */
async function ifAllowed<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    // Managed services rename or forbid these: NOPERM, or "ERR unknown command".
    if (isReply(error) && /^(NOPERM|ERR)/.test(error.message)) return otherwise;
    throw error;
  }
}

function unsafe(detail: string): RemoteDisplayError {
  return new RemoteDisplayError('STORE_UNSAFE', { detail });
}
