import { matches } from '../rules.ts';
import type { DeadLetter, DeadLetterFilter, DeadLetterStore } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { toRecord } from './fields.ts';
import type { Layout, Partition } from './layout.ts';
import { merged } from './merged.ts';
import { DISCARD } from './scripts/discard.ts';

const CHUNK = 50;

/** An entry of a partition's stream. */
interface Entry {
  at: Partition;
  entryId: string;
  letter: DeadLetter;
}

/** The dead letters: a stream for each partition, read as one, by the time at which Redis took them. */
export class RedisDeadLetters implements DeadLetterStore {
  readonly #redis: RedisConnection;
  readonly #layout: Layout;

  constructor(redis: RedisConnection, layout: Layout) {
    this.#redis = redis;
    this.#layout = layout;
  }

  async find(commandId: string): Promise<DeadLetter | undefined> {
    const at = this.#layout.partitionOfId(commandId);
    if (at === undefined) return undefined;
    const entryId = await this.#redis.run((client) => client.hget(at.letterIndex, commandId));
    if (entryId === null) return undefined;
    const found = await this.#redis.run((client) => client.xrange(at.letters, entryId, entryId));
    return (await this.#entries(at, found))[0]?.letter;
  }

  async list(filter: DeadLetterFilter, page: { after?: string | undefined; limit: number }) {
    const found: Entry[] = [];
    let next: string | undefined;
    for await (const entry of this.#newestFirst(page.after)) {
      if (!matches(entry.letter, filter)) continue;
      const last = found.at(-1);
      if (found.length >= page.limit) {
        next = last && `${last.entryId}.${last.at.number}`;
        break;
      }
      found.push(entry);
    }
    return { letters: found.map(({ letter }) => letter), next };
  }

  async discard(commandId: string): Promise<boolean> {
    const at = this.#layout.partitionOfId(commandId);
    if (at === undefined) return false;
    // Sent again it would say that there was none, though it was there until now.
    return (await this.#redis.script(DISCARD, at.lists, [at.tag, commandId], true)) === 1;
  }

  async prune(before: number, maxCount: number, limit: number): Promise<number> {
    const counts = await Promise.all(
      this.#layout.all().map(({ letters }) => this.#redis.run((client) => client.xlen(letters))),
    );
    let left = counts.reduce((sum, count) => sum + count, 0);
    const over = new Map<number, string[]>();
    let found = 0;
    for await (const { at, letter } of this.#oldestFirst()) {
      const isOld = (letter.command.settledAt ?? 0) < before;
      if (found >= limit || !(isOld || left > maxCount)) break;
      over.set(at.number, [...(over.get(at.number) ?? []), letter.command.id]);
      left--;
      found++;
    }
    const pruned = [...over].map(([number, ids]) => {
      const at = this.#layout.partition(number);
      return this.#redis.script(DISCARD, at.lists, [at.tag, ...ids]);
    });
    return (await Promise.all(pruned)).reduce<number>((sum, count) => sum + Number(count), 0);
  }

  #oldestFirst(): AsyncGenerator<Entry> {
    const read = async (list: number, last: Entry | undefined) => {
      const at = this.#layout.partition(list);
      const from = last ? `(${last.entryId}` : '-';
      return this.#entries(
        at,
        await this.#redis.run((client) => client.xrange(at.letters, from, '+', 'COUNT', CHUNK)),
      );
    };
    return merged(this.#layout.partitions, read, (a, b) => compare(a, b) < 0);
  }

  /** From behind the entry that a page ended with, wherever new ones have come in since. */
  #newestFirst(after: string | undefined): AsyncGenerator<Entry> {
    const [, entryId, partition] = /^(\d+-\d+)\.(\d+)$/.exec(after ?? '') ?? [];
    const read = async (list: number, last: Entry | undefined) => {
      if (after !== undefined && entryId === undefined) return [];
      const at = this.#layout.partition(list);
      // Of two entries with the same id, the one in the higher partition goes first.
      const from = entryId && `${list < Number(partition) ? '' : '('}${entryId}`;
      const to = last ? `(${last.entryId}` : (from ?? '+');
      return this.#entries(
        at,
        await this.#redis.run((client) => client.xrevrange(at.letters, to, '-', 'COUNT', CHUNK)),
      );
    };
    return merged(this.#layout.partitions, read, (a, b) => compare(a, b) > 0);
  }

  async #entries(at: Partition, found: [string, string[]][]): Promise<Entry[]> {
    if (found.length === 0) return [];
    const commands = found.map(([, flat]) => JSON.parse(toRecord(flat)['command'] ?? ''));
    const ids = commands.map(({ id }: { id: string }) => id);
    const redriven = await this.#redis.run((client) => client.hmget(at.redriven, ...ids));
    return found.map(([entryId], i) => {
      const redrivenAs = redriven[i];
      const letter = { command: commands[i], ...(redrivenAs ? { redrivenAs } : {}) };
      return { at, entryId, letter };
    });
  }
}

/** By the id that Redis gave, then by partition. */
function compare(a: Entry, b: Entry): number {
  const [ms = 0, count = 0] = a.entryId.split('-').map(Number);
  const [otherMs = 0, otherCount = 0] = b.entryId.split('-').map(Number);
  return ms - otherMs || count - otherCount || a.at.number - b.at.number;
}
