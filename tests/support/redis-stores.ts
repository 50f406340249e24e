import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { type RedisStoreOptions, redisStore } from '../../packages/server/src/store/redis-store.ts';
import type { Store } from '../../packages/server/src/store/store.ts';
import { RedisProcess, type RedisProcessOptions } from './redis-process.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A store that is open for one test, in an empty place of its own unless a prefix is given. */
export async function openStore(options: RedisStoreOptions): Promise<Store> {
  const store = redisStore({ keyPrefix: randomUUID(), ...options });
  onTestFinished(() => store.close());
  await store.open();
  return store;
}

/** A Redis for one test, that may be broken. What is written to it need not last. */
export async function startRedis(options: RedisProcessOptions = {}): Promise<RedisProcess> {
  const redis = await RedisProcess.start({ appendonly: 'no', ...options });
  onTestFinished(() => redis.stop());
  return redis;
}

/** A line to a Redis that may be spoiled, for one test. */
export async function lineTo({ port }: RedisProcess): Promise<{ line: TcpProxy; url: string }> {
  const line = await TcpProxy.start(port);
  onTestFinished(() => line.close());
  return { line, url: `redis://127.0.0.1:${line.port}` };
}

/** Whether a store says that it can take work. */
export async function health(store: Store): Promise<'well' | 'ill'> {
  return store.check().then(
    () => 'well',
    () => 'ill',
  );
}
