import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { RedisConnection } from '../../packages/server/src/store/redis/connection.ts';
import { MARK } from '../../packages/server/src/store/redis/scripts/mark.ts';
import { redisStore } from '../../packages/server/src/store/redis-store.ts';
import type { ScreenNews, Store } from '../../packages/server/src/store/store.ts';
import { draftOf } from '../../packages/server/src/testing/drafts.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { health, lineTo, openStore, startRedis } from '../support/redis-stores.ts';

const NOW = 1_800_000_000_000;
const RETENTION = { now: NOW, settledBefore: 0, maxSettled: 1_000, keepSince: Infinity, limit: 9 };
const AWAY = { code: 'STORE_UNAVAILABLE' };

let redis: RedisProcess;
beforeAll(async () => {
  redis = await RedisProcess.start({ appendonly: 'no' });
});
afterAll(() => redis.stop());

/** Every operation once, with something to do for each. */
async function useAll({ commands, deadLetters, screens, sessions, pairings, news }: Store) {
  const [id, again] = [commands.newId('a'), commands.newId('a')];
  const error = { code: 'HANDLER_FAILED' };
  await news?.subscribe('a', () => {});
  await commands.hold('a', 'me', 1);
  await commands.accept(draftOf({ now: NOW, id: commands.newId('a'), screenId: 'a' }));
  await commands.accept(draftOf({ now: NOW, id, screenId: 'a', keys: ['k'] }));
  await commands.recall(['k'], NOW);
  await commands.mark([{ id, state: 'received', attempt: 1, at: NOW }]);
  await commands.retry(id, { attempt: 1, at: NOW, notBefore: NOW, error, holder: 'me' });
  await commands.settle(id, { state: 'dead', at: NOW, error });
  await commands.prune({ ...RETENTION, settledBefore: NOW + 1 });
  await commands.accept(draftOf({ now: NOW, id: again, screenId: 'a', redriveOf: id }));
  expect(await deadLetters.find(id)).toMatchObject({ redrivenAs: again });
  expect((await deadLetters.list({}, { limit: 1 })).letters).toHaveLength(1);
  await deadLetters.discard(id);
  expect(await commands.expire(NOW + 60_000, 0, 9)).toHaveLength(1);
  await deadLetters.prune(0, 0, 1);
  await screens.pair({ screenId: 'a', name: 'A', pairedAt: NOW, tags: ['t'] });
  expect(await screens.tagged('t', 1)).toEqual(['a']);
  expect(await screens.list('', 1)).toHaveLength(1);
  const session = { id: 's', subject: 'x', role: 'admin', screens: '*', createdAt: NOW } as const;
  await sessions.create({ ...session, generation: 1, rotatedAt: NOW, expiresAt: NOW + 9 });
  await sessions.revoke('s', NOW);
  expect(await sessions.revokedSince(NOW)).toEqual(['s']);
  await pairings.create({ hash: 'h', screenId: 'a', name: 'A', expiresAt: NOW + 9 });
  expect(await pairings.redeem('h', 'a', NOW)).toBeDefined();
}

describe('redisStore at the start', () => {
  it('refuses another number of partitions, and what is newer', async () => {
    const keyPrefix = randomUUID();
    await openStore({ url: redis.url, keyPrefix, partitions: 4 });
    await expect(openStore({ url: redis.url, keyPrefix, partitions: 8 })).rejects.toMatchObject({
      code: 'STORE_MISMATCH',
    });
    await openStore({ url: redis.url, keyPrefix, partitions: 4 });
    await redis.cli('hset', `{${keyPrefix}}:meta`, 'format', '2');
    await expect(openStore({ url: redis.url, keyPrefix, partitions: 4 })).rejects.toMatchObject({
      code: 'STORE_TOO_NEW',
    });
  });

  it('refuses a Redis that would evict commands', async () => {
    const evicting = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] });
    await expect(openStore({ url: evicting.url })).rejects.toMatchObject({
      code: 'STORE_UNSAFE',
      detail: 'maxmemory-policy must be noeviction, it is allkeys-lru',
    });
    await evicting.cli('config', 'set', 'maxmemory-policy', 'noeviction');
    await openStore({ url: evicting.url });
  });

  it('needs these rights and no others', async () => {
    const rights = [
      '+evalsha +eval +hgetall +hget +hmget +hset +hsetnx +hdel +hexists +exists +get +set +del',
      '+pexpire +zadd +zrem +zcard +zrange +zrangebyscore +zrangebylex +zremrangebyscore',
      '+pttl +xadd +xdel +xlen +xrange +xrevrange +publish +subscribe +unsubscribe +ping',
      '+hello +auth +quit +info ~{mine* &{mine*',
    ];
    const words = rights.join(' ').split(' ');
    expect(await redis.cli('acl', 'setuser', 'narrow', 'reset', 'on', '>s3cret', ...words)).toBe(
      'OK',
    );
    const url = redis.url.replace('redis://', 'redis://narrow:s3cret@');
    await useAll(await openStore({ url, keyPrefix: 'mine' }));
    await useAll(await openStore({ url, keyPrefix: 'mine16', partitions: 16 }));
    await redis.cli('acl', 'setuser', 'narrow', 'resetchannels');
    await expect(openStore({ url, keyPrefix: 'mine' })).rejects.toMatchObject({
      ...AWAY,
      detail: 'Redis answered NOPERM',
    });
  });

  it('says that it cannot get in without saying how it tried', async () => {
    const nobody = redisStore({ url: 'redis://me:s3cret@127.0.0.1:1', timeoutMs: 300 });
    const failed = await nobody.open().catch((error: unknown) => error);
    expect(failed).toMatchObject({ ...AWAY, detail: 'no connection to Redis: ECONNREFUSED' });
    const stranger = redisStore({
      url: redis.url.replace('redis://', 'redis://me:s3cret@'),
      timeoutMs: 300,
    });
    const refused = await stranger.open().catch((error: unknown) => error);
    expect(refused).toMatchObject({ ...AWAY, detail: 'no connection to Redis: WRONGPASS' });
    expect(JSON.stringify([failed, refused, String(refused)])).not.toContain('s3cret');
    await expect(nobody.commands.find('a')).rejects.toMatchObject(AWAY);
  });
});

describe('redisStore when Redis is in trouble', () => {
  const shown = { state: 'shown', at: NOW } as const;
  const fill = (commands: Store['commands'], id: string) =>
    commands.accept(draftOf({ now: NOW, id, slot: id }));

  it('refuses new work when memory is full, but lets end what it has', async () => {
    const small = await startRedis();
    const store = await openStore({ url: small.url });
    await fill(store.commands, 'a');
    await small.cli('config', 'set', 'maxmemory', '1');
    await expect(fill(store.commands, 'b')).rejects.toMatchObject({
      ...AWAY,
      detail: 'Redis answered OOM',
    });
    await expect(store.check()).rejects.toMatchObject(AWAY);
    expect(await store.commands.find('b')).toBeUndefined();
    expect(await store.commands.settle('a', shown)).toMatchObject({ moved: true });
    await small.cli('config', 'set', 'maxmemory', '0');
    await store.check();
    expect(await fill(store.commands, 'b')).toMatchObject({ kind: 'accepted' });
  });

  it('lets a device connect and tell its outcome when memory is full, also where replicas are asked for', async () => {
    const [small, replica] = [await startRedis(), await startRedis()];
    await replica.replicaOf(small);
    const replicas = { min: 1, timeoutMs: 500 };
    const { commands } = await openStore({ url: small.url, replicas });
    await fill(commands, 'a');
    await small.cli('config', 'set', 'maxmemory', '1');
    for (const holder of ['first', 'second']) {
      expect(await commands.hold('station-1', holder, 1)).toMatchObject([{ id: 'a' }]);
      expect(await commands.holder('station-1')).toBe(holder);
    }
    expect(await commands.settle('a', shown)).toMatchObject({ moved: true });
  });

  it('does not take a mistake in a program for a lost connection', async () => {
    const connection = new RedisConnection({ timeoutMs: 500, maxPending: 9, replicas: undefined });
    await connection.open(new Redis(redis.url, { lazyConnect: true }));
    onTestFinished(() => connection.close());
    const tooMany = Array.from({ length: 500_000 }, () => 'key');
    await expect(connection.script(MARK, tooMany, [])).rejects.toThrow(RangeError);
  });

  it('leaves a replica that it was led to, and finds the new master by itself', async () => {
    const [older, newer] = [await startRedis(), await startRedis()];
    const store = await openStore({ url: older.url });
    await older.replicaOf(newer);
    // Its address leads to the new master from now on, but our connection is with the old one.
    await older.cli('config', 'set', 'port', '0');
    await newer.cli('config', 'set', 'port', String(older.port));
    await expect(fill(store.commands, 'a')).rejects.toMatchObject({
      ...AWAY,
      detail: 'Redis answered READONLY',
    });
    await expect.poll(() => health(store)).toBe('well');
    expect(await fill(store.commands, 'a')).toMatchObject({ kind: 'accepted' });
  });

  it('gives up a connection on which nothing comes back, and makes another', async () => {
    const { line, url } = await lineTo(redis);
    const store = await openStore({ url, timeoutMs: 300 });
    line.halfOpen('both');
    await expect(store.commands.find('a')).rejects.toMatchObject(AWAY);
    // It is nobody's doing but its own that there is another.
    await expect.poll(() => line.connections).toBeGreaterThan(2);
    line.restore();
    await expect.poll(() => health(store)).toBe('well');
  });

  it.each([2, 3] as const)(
    'notices that its news has fallen silent, and says that something was missed, with RESP%i',
    async (protocol) => {
      const keyPrefix = randomUUID();
      const { line, url } = await lineTo(redis);
      const client = new Redis(url, { protocol, lazyConnect: true });
      const { news } = await openStore({ client, keyPrefix, timeoutMs: 300 });
      const { commands } = await openStore({ url: redis.url, keyPrefix });
      const heard: ScreenNews[] = [];
      let gaps = 0;
      await news?.subscribe('station-1', (each) => heard.push(each));
      news?.onGap(() => gaps++);
      // It lives as long as it is answered.
      const pings = async () =>
        Number(/cmdstat_ping:calls=(\d+)/.exec(await redis.cli('info', 'commandstats'))?.[1] ?? 0);
      const before = await pings();
      await expect.poll(pings, { timeout: 5_000 }).toBeGreaterThan(before + 1);
      expect([line.connections, gaps]).toEqual([2, 0]);
      line.halfOpen('both');
      await commands.hold('station-1', 'missed', 1);
      // Nobody uses the store meanwhile, and neither end is told that the line is dead.
      await expect.poll(() => line.connections, { timeout: 5_000 }).toBeGreaterThan(2);
      line.restore();
      await expect.poll(() => gaps, { timeout: 5_000 }).toBe(1);
      await commands.hold('station-1', 'heard', 1);
      await expect.poll(() => heard).toEqual([{ kind: 'held', holder: 'heard' }]);
    },
  );

  it('acknowledges only what the replicas have, where that is asked for', async () => {
    const [master, replica] = [await startRedis(), await startRedis()];
    await replica.replicaOf(master);
    const options = { url: master.url, keyPrefix: 'shared', replicas: { min: 1, timeoutMs: 500 } };
    const [store, other] = [await openStore(options), await openStore(options)];
    expect(await fill(store.commands, 'a')).toMatchObject({ kind: 'accepted' });
    replica.pause();
    await expect(fill(store.commands, 'b')).rejects.toMatchObject({
      ...AWAY,
      detail: '0 of 1 replicas have it',
    });
    // The same again is the same command, but it still waits for the replica, on any connection.
    await expect(fill(store.commands, 'b')).rejects.toMatchObject(AWAY);
    await expect(fill(other.commands, 'b')).rejects.toMatchObject(AWAY);
    await expect(store.commands.settle('a', shown)).rejects.toMatchObject(AWAY);
    replica.resume();
    const again = () =>
      fill(other.commands, 'b').then(
        ({ kind }) => kind,
        () => 'refused',
      );
    await expect.poll(again).toBe('repeated');
  });

  it('has everything again after a crash, hears again, and says that something was missed', async () => {
    const own = await startRedis({ appendonly: 'yes' });
    const { commands, news, deadLetters } = await openStore({ url: own.url });
    const heard: ScreenNews[] = [];
    let gaps = 0;
    await news?.subscribe('station-1', (each) => heard.push(each));
    news?.onGap(() => gaps++);
    const first = await fill(commands, 'a');
    await fill(commands, 'b');
    await commands.settle('b', { state: 'dead', at: NOW, error: { code: 'HANDLER_FAILED' } });
    await expect.poll(() => heard).toHaveLength(3);
    await own.kill();
    // Waits for Redis, and is done when that is back.
    const meanwhile = fill(commands, 'c');
    await own.restart();
    expect(await meanwhile).toMatchObject({ kind: 'accepted' });
    expect(await commands.find('a')).toEqual('command' in first && first.command);
    expect(await deadLetters.find('b')).toMatchObject({ command: { state: 'dead' } });
    await expect.poll(() => gaps).toBe(1);
    await commands.settle('a', shown);
    await expect.poll(() => heard).toContainEqual({ kind: 'settled', id: 'a' });
  });

  it('never hangs on a Redis that does not answer, and goes on when it does', async () => {
    const own = await startRedis();
    const store = await openStore({ url: own.url, timeoutMs: 500, maxPending: 50 });
    await fill(store.commands, 'before');
    own.pause();
    const calls = Array.from({ length: 60 }, (_, n) => fill(store.commands, `c${n}`));
    const results = await Promise.allSettled(calls);
    for (const result of results)
      expect(result).toMatchObject({ status: 'rejected', reason: AWAY });
    const details = results.map((each) => each.status === 'rejected' && each.reason.detail);
    expect(details.filter((detail) => detail === 'too much waits for Redis')).toHaveLength(10);
    await expect(store.check()).rejects.toMatchObject(AWAY);
    await expect(store.news?.subscribe('station-2', () => {})).rejects.toMatchObject(AWAY);
    own.resume();
    await expect.poll(() => health(store), { timeout: 5_000 }).toBe('well');
    expect(await fill(store.commands, 'after')).toMatchObject({ kind: 'accepted' });
  });

  it('does not send what its caller was told had failed', async () => {
    const own = await startRedis({ appendonly: 'yes' });
    const store = await openStore({ url: own.url, timeoutMs: 300 });
    await own.kill();
    await expect(fill(store.commands, 'a')).rejects.toMatchObject(AWAY);
    await own.restart();
    await expect.poll(() => health(store)).toBe('well');
    expect(await store.commands.find('a')).toBeUndefined();
  });

  it('finishes what was called before close, and refuses what comes after', async () => {
    const store = await openStore({ url: redis.url });
    const accepted = fill(store.commands, 'last');
    const closed = store.close();
    await expect(store.commands.find('last')).rejects.toMatchObject(AWAY);
    expect(await accepted).toMatchObject({ kind: 'accepted' });
    await closed;
    await store.open();
    expect(await store.commands.find('last')).toBeDefined();
  });
});
