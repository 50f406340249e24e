import { randomUUID } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisStoreOptions, redisStore } from '../../packages/server/src/store/redis-store.ts';
import type { ScreenNews, Store } from '../../packages/server/src/store/store.ts';
import { draftOf } from '../../packages/server/src/testing/drafts.ts';
import { describeStore } from '../../packages/server/src/testing/store-conformance.ts';
import { type RedisCluster, RedisProcess, startCluster } from '../support/redis-process.ts';
import { openStore } from '../support/redis-stores.ts';
import { withShortIds } from '../support/short-ids.ts';

const NOW = 1_800_000_000_000;
const RETENTION = { now: NOW, settledBefore: 0, maxSettled: 1_000, keepSince: Infinity, limit: 9 };

let redis: RedisProcess;
beforeAll(async () => {
  redis = await RedisProcess.start({ appendonly: 'no' });
});
afterAll(() => redis.stop());

describe('the contract', () => {
  let cluster: RedisCluster;
  let client: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(3);
    const nodes = cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
    client = new Cluster(nodes, { lazyConnect: true });
  });
  afterAll(async () => {
    client.disconnect();
    await cluster.stop();
  });

  it('has one connection for the news of all nodes, and replaces it', async () => {
    const { commands, news } = await openStore({ client, partitions: 16 });
    const screens = Array.from({ length: 10 }, (_, n) => `station-${n}`);
    const heard = new Set<string>();
    let gaps = 0;
    news?.onGap(() => gaps++);
    for (const screenId of screens) await news?.subscribe(screenId, () => heard.add(screenId));
    for (const round of [0, 1, 2]) {
      await expect.poll(() => gaps).toBe(round);
      heard.clear();
      for (const screenId of screens) await commands.hold(screenId, `holder-${round}`, 1);
      await expect.poll(() => heard.size).toBe(10);
      for (const node of cluster.nodes) await node.cli('client', 'kill', 'type', 'pubsub');
    }
  });

  const make = (options: RedisStoreOptions) => redisStore({ keyPrefix: randomUUID(), ...options });

  describeStore('redisStore', () => make({ url: redis.url }));
  describeStore('redisStore with 16 partitions', () =>
    withShortIds(make({ url: redis.url, partitions: 16 })),
  );
  describeStore('redisStore in a Cluster', () => withShortIds(make({ client, partitions: 16 })));
});

describe('redisStore', () => {
  it('goes on when Redis has forgotten its scripts', async () => {
    const { commands } = await openStore({ url: redis.url });
    await commands.accept(draftOf({ now: NOW, id: 'a', slot: 'one' }));
    await redis.cli('script', 'flush');
    expect(await commands.accept(draftOf({ now: NOW, id: 'b', slot: 'two' }))).toMatchObject({
      kind: 'accepted',
    });
    await redis.cli('script', 'flush');
    expect(await commands.settle('a', { state: 'shown', at: NOW })).toMatchObject({ moved: true });
  });

  it.each([1, 16])(
    'takes one command of two nodes that race, with %i partitions',
    async (partitions) => {
      const keyPrefix = randomUUID();
      const nodes = [
        await openStore({ url: redis.url, keyPrefix, partitions }),
        await openStore({ url: redis.url, keyPrefix, partitions }),
      ];
      for (let round = 0; round < 20; round++) {
        const race = [0, 1, 2, 3].map((n) => {
          const { commands } = nodes[n % 2] as Store;
          const id = commands.newId('station-1');
          const keys = n < 2 ? [`x${round}`, `y${round}`] : [`y${round}`, `z${round}`];
          return commands.accept(draftOf({ now: NOW, id, keys, queue: 'all' }));
        });
        const answers = await Promise.all(race);
        const ids = answers.map((each) => 'command' in each && each.command.id);
        expect(new Set(ids).size).toBe(1);
        expect(answers.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
      }
      expect(await nodes[0]?.commands.outbox('station-1', 100)).toHaveLength(20);
    },
  );

  it('finishes under its id what another claimed and did not finish, and takes over in time', async () => {
    const keyPrefix = randomUUID();
    const { commands } = await openStore({ url: redis.url, keyPrefix, partitions: 16 });
    const full = (id: string, createdAt: number, maxUnsettled: number) =>
      draftOf({ now: createdAt, id, keys: ['k', 'l'], maxUnsettled, queue: 'all' });
    const [first, second, third] = [1, 2, 3].map(() => commands.newId('station-1')) as [
      string,
      string,
      string,
    ];
    // What is full has claimed its keys, and nothing comes of it.
    expect(await commands.accept(full(first, NOW, 0))).toEqual({ kind: 'full' });
    expect(await commands.recall(['k'], NOW)).toBeUndefined();
    const soon = await commands.accept(full(second, NOW + 1, 9));
    expect(soon).toMatchObject({ kind: 'accepted', command: { id: first } });
    // Once forgotten, an id is not used again: a device may remember it.
    await commands.settle(first, { state: 'shown', at: NOW });
    await commands.prune({ ...RETENTION, settledBefore: NOW + 1 });
    // Another node's clock makes no claim older; only what Redis has counted down does.
    expect(await commands.accept(full(third, NOW + 1_000_000, 9))).toMatchObject({
      command: { id: first },
    });
    await commands.settle(first, { state: 'shown', at: NOW });
    await commands.prune({ ...RETENTION, settledBefore: NOW + 1 });
    const keys = await redis.cli('--scan', '--pattern', `{${keyPrefix}:*}:key:*`);
    for (const key of keys.split('\n')) await redis.cli('pexpire', key, '2900000');
    const later = await commands.accept(full(third, NOW + 2, 9));
    expect(later).toMatchObject({ kind: 'accepted', command: { id: third } });
  });

  it('notes any number of marks at once, in their order', async () => {
    const { commands } = await openStore({ url: redis.url });
    const ids = Array.from({ length: 12_000 }, (_, n) => `c${n}`);
    const last = ids.at(-1) ?? '';
    await commands.accept(draftOf({ now: NOW, id: last }));
    const marked = ids.flatMap((id) => [
      { id, state: 'dispatched', attempt: 1, at: NOW + 1 } as const,
      { id, state: 'received', attempt: 1, at: NOW + 2 } as const,
    ]);
    // Redis knows the script: one that must be sent first comes later.
    await commands.mark([{ id: 'nobody', state: 'received', attempt: 1, at: NOW }]);
    // What is called behind it does not overtake it.
    const [, { command }] = await Promise.all([
      commands.mark(marked),
      commands.settle(last, { state: 'shown', at: NOW + 3 }),
    ]);
    const story = command?.history.map(({ state }) => state);
    expect(story).toEqual(['queued', 'dispatched', 'received', 'shown']);
  });

  it('answers an accept that came twice with the command of the first', async () => {
    const { commands } = await openStore({ url: redis.url });
    const draft = draftOf({ now: NOW, keys: [] });
    const first = await commands.accept(draft);
    expect(await commands.accept(draft)).toEqual({
      kind: 'repeated',
      command: 'command' in first && first.command,
    });
  });

  it('lists dead letters of all partitions page by page while new ones arrive', async () => {
    const { commands, deadLetters } = await openStore({ url: redis.url, partitions: 16 });
    const die = async (n: number) => {
      const id = commands.newId(`station-${n}`);
      await commands.accept(draftOf({ now: NOW + n, id, screenId: `station-${n}` }));
      await commands.settle(id, { state: 'dead', at: NOW + n, error: { code: 'HANDLER_FAILED' } });
      return id;
    };
    const ids: string[] = [];
    for (let n = 0; n < 60; n++) ids.push(await die(n));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await deadLetters.list({}, { limit: 7, after });
      seen.push(...page.letters.map(({ command }) => command.id));
      after = page.next;
      await die(100 + seen.length);
    } while (after !== undefined);
    expect([...seen].sort()).toEqual([...ids].sort());
    expect(await deadLetters.list({}, { limit: 7, after: 'nonsense' })).toMatchObject({
      letters: [],
    });
    expect(await deadLetters.prune(0, 5, 1_000)).toBe(64);
    expect((await deadLetters.list({}, { limit: 9 })).letters).toHaveLength(5);
  });

  it('prunes the oldest of all partitions', async () => {
    const { commands } = await openStore({ url: redis.url, partitions: 16 });
    const ids: string[] = [];
    for (let n = 0; n < 40; n++) {
      const id = commands.newId(`station-${n}`);
      ids.push(id);
      await commands.accept(draftOf({ now: NOW, id, screenId: `station-${n}` }));
      await commands.settle(id, { state: 'shown', at: NOW + n });
    }
    const prune = (limit: number) => commands.prune({ ...RETENTION, maxSettled: 10, limit });
    expect([await prune(25), await prune(25), await prune(25)]).toEqual([25, 5, 0]);
    const left = await Promise.all(ids.map((id) => commands.find(id)));
    expect(left.flatMap((command) => command?.id ?? [])).toEqual(ids.slice(30));
  });

  it('lets one refresh token of many at once make the next, as every store', async () => {
    const { sessions } = await openStore({ url: redis.url });
    const session = {
      id: 's',
      subject: 'x',
      role: 'device',
      screens: ['x'],
      createdAt: NOW,
    } as const;
    await sessions.create({
      ...session,
      screens: ['x'],
      generation: 1,
      rotatedAt: NOW,
      expiresAt: NOW + 9,
    });
    const rotation = { generation: 1, now: NOW + 1, graceMs: 10 };
    const race = Array.from({ length: 20 }, (_, n) =>
      sessions.rotate('s', { ...rotation, expiresAt: NOW + 100 + n }),
    );
    const [first, ...others] = await Promise.all(race);
    expect(first).toMatchObject({ kind: 'rotated', session: { generation: 2 } });
    for (const each of others) expect(each).toEqual(first);
  });

  it('makes its own connections after a client, whatever that is set to, and leaves it alone', async () => {
    const client = new Redis(redis.url, {
      keyPrefix: 'theirs:',
      lazyConnect: true,
      stringNumbers: true,
      maxRetriesPerRequest: null,
    });
    const store = await openStore({ client });
    await store.commands.accept(draftOf({ now: NOW, id: 'a' }));
    expect(await store.commands.settle('a', { state: 'shown', at: NOW })).toMatchObject({
      moved: true,
    });
    await store.close();
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
  });

  it('says that something was missed before it tells what came later', async () => {
    const { news, commands } = await openStore({ url: redis.url });
    const heard: (number | 'gap')[] = [];
    const gaps = () => heard.filter((each) => each === 'gap').length;
    news?.onGap(() => heard.push('gap'));
    // So many that to subscribe to all of them takes a moment.
    await Promise.all(
      Array.from({ length: 2_000 }, (_, n) =>
        news?.subscribe(
          `station-${n}`,
          (each) => each.kind === 'held' && heard.push(Number(each.holder)),
        ),
      ),
    );
    let told = 0;
    for (let round = 0; round < 3; round++) {
      await redis.cli('client', 'kill', 'type', 'pubsub');
      while (gaps() === round) await commands.hold('station-0', String(told++), 1);
      await commands.hold('station-0', String(told++), 1);
    }
    await expect.poll(() => heard.at(-1)).toBe(told - 1);
    const jumps = heard.filter((each, i) => {
      const last = heard[i - 1] ?? -1;
      return each !== 'gap' && last !== 'gap' && each !== last + 1;
    });
    expect(jumps).toEqual([]);
  });

  it('ignores what is no news', async () => {
    const keyPrefix = randomUUID();
    const { news, commands } = await openStore({ url: redis.url, keyPrefix });
    const heard: ScreenNews[] = [];
    await news?.subscribe('station-1', (each) => heard.push(each));
    for (const message of ['', '{', 'null', '[]', '{"kind":"settled"}', '{"kind":"accepted"}'])
      await redis.cli('publish', `{${keyPrefix}:0}:news:station-1`, message);
    await commands.hold('station-1', 'me', 1);
    await expect.poll(() => heard).toEqual([{ kind: 'held', holder: 'me' }]);
  });

  it('refuses options that cannot be', () => {
    const { url } = redis;
    const bad: RedisStoreOptions[] = [
      {},
      { url, client: new Redis({ lazyConnect: true }) },
      { url, keyPrefix: 'a}b' },
      { url, partitions: 0 },
      { url, partitions: 1_025 },
      { url, replicas: { min: 1, timeoutMs: 5_000 } },
    ];
    for (const options of bad)
      expect(() => redisStore(options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTIONS' }),
      );
  });
});
