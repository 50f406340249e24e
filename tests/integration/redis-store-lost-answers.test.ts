import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CommandDraft } from '../../packages/server/src/engine/command.ts';
import type { Store } from '../../packages/server/src/store/store.ts';
import { draftOf } from '../../packages/server/src/testing/drafts.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { lineTo, openStore } from '../support/redis-stores.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';

const NOW = 1_800_000_000_000;
const FAILED = { attempt: 1, at: NOW, notBefore: NOW + 1, error: { code: 'HANDLER_FAILED' } };
const SHOWN = { state: 'shown', at: NOW, attempt: 1 } as const;

let redis: RedisProcess;
beforeAll(async () => {
  redis = await RedisProcess.start({ appendonly: 'no' });
});
afterAll(() => redis.stop());

// Whoever is not answered does not know that it was he who did it, and all that listen go without.
describe('redisStore when an answer is lost', () => {
  let line: TcpProxy;
  let caller: Store;
  let other: Store;
  beforeEach(async () => {
    const keyPrefix = randomUUID();
    const to = await lineTo(redis);
    line = to.line;
    caller = await openStore({ url: to.url, keyPrefix });
    other = await openStore({ url: redis.url, keyPrefix });
    // Redis knows the scripts, or the answer that is lost would be that it does not.
    await other.commands.settle('nobody', SHOWN);
    await other.commands.retry('nobody', FAILED);
    await other.commands.expire(0, 0, 1);
  });

  const accept = (id: string, given: Partial<CommandDraft> = {}) =>
    other.commands.accept(draftOf({ now: NOW, id, ...given }));
  const stateOf = async (id: string) => (await other.commands.find(id))?.state;

  /** What a call answers in the end if its first answer does not come through. */
  async function unanswered<T>(
    call: () => Promise<T>,
    hasHappened: () => Promise<boolean>,
    meanwhile: () => Promise<unknown> = async () => {},
  ): Promise<T> {
    line.halfOpen('down');
    const answer = call();
    await expect.poll(hasHappened).toBe(true);
    await meanwhile();
    line.cut();
    line.restore();
    return answer;
  }

  it('says of an end that it was this call, and of the same end by another that it was not', async () => {
    await accept('a');
    const ended = await unanswered(
      () => caller.commands.settle('a', SHOWN),
      async () => (await stateOf('a')) === 'shown',
    );
    expect(ended).toEqual({ moved: true, command: await other.commands.find('a') });
    expect(await caller.commands.settle('a', SHOWN)).toMatchObject({ moved: false });
  });

  it('says so of a death, and keeps one dead letter', async () => {
    await accept('a');
    const dead = { state: 'dead', at: NOW, error: FAILED.error } as const;
    const ended = await unanswered(
      () => caller.commands.settle('a', dead),
      async () => (await stateOf('a')) === 'dead',
    );
    expect(ended).toMatchObject({ moved: true, command: { state: 'dead' } });
    expect((await other.deadLetters.list({}, { limit: 9 })).letters).toHaveLength(1);
  });

  it('says of an accept that it was this call, with what it superseded, however far that has come', async () => {
    await accept('old', { queue: 'all' });
    await accept('older', { queue: 'all' });
    const draft = draftOf({ now: NOW, id: 'new' });
    const accepted = await unanswered(
      () => caller.commands.accept(draft),
      async () => (await stateOf('new')) !== undefined,
      () => other.commands.settle('new', SHOWN),
    );
    expect(accepted).toEqual({
      kind: 'accepted',
      command: await other.commands.find('new'),
      superseded: [await other.commands.find('old'), await other.commands.find('older')],
    });
    expect(await caller.commands.accept(draft)).toMatchObject({ kind: 'repeated' });
  });

  it('says of a failed attempt that it was noted', async () => {
    await accept('a');
    const retried = await unanswered(
      () => caller.commands.retry('a', FAILED),
      async () => (await other.commands.find('a'))?.attempt === 1,
    );
    expect(retried).toEqual(await other.commands.find('a'));
    expect(await caller.commands.retry('a', FAILED)).toBeUndefined();
  });

  it('says what has expired, and only once', async () => {
    const expiresAt = NOW + 10;
    await accept('a', { slot: 'one', expiresAt });
    await accept('b', { slot: 'two', expiresAt });
    const expired = await unanswered(
      () => caller.commands.expire(expiresAt, 0, 1),
      async () => (await other.commands.outbox('station-1', 9)).length === 1,
    );
    expect(expired).toEqual([await other.commands.find('a')]);
    expect(await caller.commands.expire(expiresAt, 0, 9)).toMatchObject([{ id: 'b' }]);
    expect(await caller.commands.expire(expiresAt, 0, 9)).toEqual([]);
  });
});
