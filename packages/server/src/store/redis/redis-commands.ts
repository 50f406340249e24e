import type { Command, CommandDraft } from '../../engine/command.ts';
import {
  type Mark,
  markEntry,
  type Retry,
  retryEntry,
  type Settlement,
  settleEntry,
} from '../../engine/lifecycle.ts';
import { expiry } from '../rules.ts';
import type { Acceptance, CommandStore, Retention } from '../store.ts';
import { Acceptances } from './acceptances.ts';
import { newCallToken } from './call-token.ts';
import type { RedisConnection } from './connection.ts';
import {
  endsFrom,
  type Flat,
  json,
  marksFrom,
  toCommand,
  toCommands,
  UNSETTLED,
} from './fields.ts';
import type { Layout, Partition } from './layout.ts';
import { merged } from './merged.ts';
import { EXPIRE } from './scripts/expire.ts';
import { FORGET } from './scripts/forget.ts';
import { MARK } from './scripts/mark.ts';
import { HOLD, OUTBOX } from './scripts/outbox.ts';
import { RETRY } from './scripts/retry.ts';
import { SETTLE } from './scripts/settle.ts';

const CHUNK = 100;
// Redis does nothing else meanwhile, and JavaScript passes no more than some 100,000 arguments.
const MARKS_A_CALL = 500;
// As long as a call may be sent again, with a usual `timeoutMs`.
const EXPIRED_KEPT_MS = 60_000;

/** The commands in Redis: every operation is one script in the partition of its screen. */
export class RedisCommands implements CommandStore {
  readonly #redis: RedisConnection;
  readonly #layout: Layout;
  readonly #acceptances: Acceptances;
  #turn = 0;

  constructor(redis: RedisConnection, layout: Layout) {
    this.#redis = redis;
    this.#layout = layout;
    this.#acceptances = new Acceptances(redis, layout);
  }

  newId(screenId: string): string {
    return this.#layout.newId(screenId);
  }

  accept(draft: CommandDraft): Promise<Acceptance> {
    return this.#acceptances.accept(draft);
  }

  find(id: string): Promise<Command | undefined> {
    return this.#acceptances.find(id);
  }

  recall(keys: readonly string[], now: number) {
    return this.#acceptances.recall(keys, now);
  }

  async hold(screenId: string, holder: string, limit: number): Promise<Command[]> {
    const at = this.#layout.partitionOfScreen(screenId);
    const keys = [...at.lists, at.outbox(screenId), at.holder(screenId)];
    const args = [at.tag, limit, holder, screenId];
    return toCommands((await this.#redis.script(HOLD, keys, args)) as Flat[]);
  }

  async holder(screenId: string): Promise<string | undefined> {
    const at = this.#layout.partitionOfScreen(screenId);
    return (await this.#redis.run((client) => client.get(at.holder(screenId)))) ?? undefined;
  }

  async outbox(screenId: string, limit: number): Promise<Command[]> {
    const at = this.#layout.partitionOfScreen(screenId);
    const keys = [...at.lists, at.outbox(screenId)];
    return toCommands((await this.#redis.script(OUTBOX, keys, [at.tag, limit])) as Flat[]);
  }

  async mark(marks: Mark[]): Promise<void> {
    const byPartition = Map.groupBy(marks, ({ id }) => this.#layout.partitionOfId(id)?.number);
    const sent: Promise<void>[] = [];
    for (const [number, here] of byPartition) {
      if (number === undefined) continue;
      const at = this.#layout.partition(number);
      // One behind the other, and without waiting: what is called next must not overtake them.
      for (let i = 0; i < here.length; i += MARKS_A_CALL)
        sent.push(this.#mark(at, here.slice(i, i + MARKS_A_CALL)));
    }
    await Promise.all(sent);
  }

  async retry(id: string, failed: Retry): Promise<Command | undefined> {
    const at = this.#layout.partitionOfId(id);
    if (at === undefined) return undefined;
    const { attempt, notBefore, error, holder = '' } = failed;
    const entry = JSON.stringify(retryEntry(failed));
    const noted = [attempt, notBefore, json(error), entry, holder];
    const args = [at.tag, id, UNSETTLED, ...noted, newCallToken()];
    const flat = await this.#redis.script(RETRY, [...at.lists, at.command(id)], args);
    return flat === null ? undefined : toCommand(flat as Flat);
  }

  async settle(id: string, settlement: Settlement) {
    const at = this.#layout.partitionOfId(id);
    if (at === undefined) return { moved: false, command: undefined };
    const { state, error, evidence, attempt = '', from, screenId = '', holder = '' } = settlement;
    const entry = JSON.stringify(settleEntry(settlement));
    const args = [
      ...[at.tag, id, state, settlement.at, entry, json(error), json(evidence), attempt],
      ...[endsFrom(state, from), screenId, holder, error?.code ?? '', newCallToken()],
    ];
    const keys = [...at.lists, at.command(id)];
    const answer = await this.#redis.durably(SETTLE, keys, args, at.check);
    const [moved, flat] = answer as [number, Flat];
    return { moved: moved === 1, command: toCommand(flat) };
  }

  async expire(now: number, graceMs: number, limit: number): Promise<Command[]> {
    const { entry, error } = expiredAt(now);
    const call = newCallToken();
    const expired: Command[] = [];
    for (const at of this.#inTurn()) {
      if (expired.length >= limit) break;
      const room = limit - expired.length;
      const args = [at.tag, now, now - graceMs, room, entry, error, EXPIRED_KEPT_MS];
      const keys = [...at.lists, at.expired(call)];
      const flats = (await this.#redis.script(EXPIRE, keys, args)) as Flat[];
      expired.push(...toCommands(flats));
    }
    return expired;
  }

  /** Idempotency keys are not among it: they end by themselves. */
  async prune({ settledBefore, maxSettled, keepSince, limit }: Retention): Promise<number> {
    const partitions = this.#layout.all();
    const counts = await Promise.all(
      partitions.map(({ ended }) => this.#redis.run((client) => client.zcard(ended))),
    );
    let left = counts.reduce((sum, count) => sum + count, 0);
    const over = new Map<Partition, string[]>();
    let found = 0;
    for await (const { at, id, settledAt } of this.#ended(partitions)) {
      const isTooMany = left > maxSettled && settledAt < keepSince;
      if (found >= limit || !(settledAt < settledBefore || isTooMany)) break;
      over.set(at, [...(over.get(at) ?? []), id]);
      left--;
      found++;
    }
    const forgotten = [...over].map(([at, ids]) =>
      this.#redis.script(FORGET, at.lists, [at.tag, ...ids]),
    );
    return (await Promise.all(forgotten)).reduce<number>((sum, n) => sum + Number(n), 0);
  }

  async #mark(at: Partition, marks: Mark[]): Promise<void> {
    const keys = [...at.lists, ...marks.map(({ id }) => at.command(id))];
    const args = marks.flatMap((news) => [
      news.id,
      news.state,
      news.attempt,
      JSON.stringify(markEntry(news)),
      marksFrom(news.state),
    ]);
    await this.#redis.script(MARK, keys, [at.tag, UNSETTLED, ...args]);
  }

  /** What has ended, the oldest first. */
  #ended(partitions: Partition[]) {
    type Ended = { at: Partition; id: string; settledAt: number };
    const read = async (list: number, _: unknown, count: number): Promise<Ended[]> => {
      const at = partitions[list];
      if (at === undefined) return [];
      const pairs = await this.#redis.run((client) =>
        client.zrange(at.ended, count, `${count + CHUNK - 1}`, 'WITHSCORES'),
      );
      return pairs.flatMap((id, i) =>
        i % 2 ? [] : { at, id, settledAt: Number(pairs[i + 1] ?? 0) },
      );
    };
    return merged<Ended>(partitions.length, read, (a, b) => a.settledAt < b.settledAt);
  }

  /** All partitions, each time beginning with another, so that a limit starves none. */
  #inTurn(): Partition[] {
    const all = this.#layout.all();
    const first = this.#turn++ % all.length;
    return [...all.slice(first), ...all.slice(0, first)];
  }
}

function expiredAt(now: number): { entry: string; error: string } {
  const settlement = expiry(now);
  return { entry: JSON.stringify(settleEntry(settlement)), error: json(settlement.error) };
}
