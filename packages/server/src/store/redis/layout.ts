import { randomUUID } from 'node:crypto';

/**
 * Where everything lies. A screen's commands lie in one partition, and all keys of a partition
 * carry its hash tag, so that one script can be atomic over them in a Redis Cluster, too.
 */
export class Layout {
  readonly partitions: number;
  readonly #prefix: string;

  constructor(prefix: string, partitions: number) {
    this.#prefix = prefix;
    this.partitions = partitions;
  }

  /** With more than one partition an id says in which it lies: `<partition>.<uuid>`. */
  newId(screenId: string): string {
    const uuid = randomUUID();
    return this.partitions === 1 ? uuid : `${this.partitionOf(screenId).toString(36)}.${uuid}`;
  }

  /** Where the command with this id lies; `undefined` for what cannot be an id of ours. */
  partitionOfId(id: string): Partition | undefined {
    if (this.partitions === 1) return this.partition(0);
    const number = Number.parseInt(/^([0-9a-z]{1,3})\../.exec(id)?.[1] ?? '', 36);
    return number < this.partitions ? this.partition(number) : undefined;
  }

  partitionOfScreen(screenId: string): Partition {
    return this.partition(this.partitionOf(screenId));
  }

  partitionOf(text: string): number {
    return hash(text) % this.partitions;
  }

  partition(number: number): Partition {
    return new Partition(number, `{${this.#prefix}:${number}}`);
  }

  all(): Partition[] {
    return Array.from({ length: this.partitions }, (_, number) => this.partition(number));
  }

  /** An idempotency key belongs to no screen: it lies where its own text says. */
  idempotencyKey(key: string): string {
    return `${this.partition(this.partitionOf(key)).tag}:key:${key}`;
  }

  /** What is asked for seldom lies in one place: `meta`, screens, sessions, pairings. */
  access(name: string): string {
    return `{${this.#prefix}}:${name}`;
  }
}

/** The keys of one partition. `scripts/parts.ts` makes the same ones where only a script knows them. */
export class Partition {
  readonly number: number;
  readonly tag: string;

  constructor(number: number, tag: string) {
    this.number = number;
    this.tag = tag;
  }

  command(id: string): string {
    return `${this.tag}:command:${id}`;
  }

  /** Ids of a screen's commands that have not ended, by `seq`. */
  outbox(screenId: string): string {
    return `${this.tag}:outbox:${screenId}`;
  }

  /** The same for one slot. No screen id has a `|`. */
  slot(screenId: string, slot: string): string {
    return `${this.tag}:slot:${screenId}|${slot}`;
  }

  /** The connection that holds the screen. */
  holder(screenId: string): string {
    return `${this.tag}:holder:${screenId}`;
  }

  /** The channel on which its news goes out. */
  news(screenId: string): string {
    return `${this.tag}:news:${screenId}`;
  }

  /** What a call to expire has ended, until its answer is sure to have come. */
  expired(call: string): string {
    return `${this.tag}:expired:${call}`;
  }

  /** The last `seq` that was given out. */
  get seq(): string {
    return `${this.tag}:seq`;
  }

  get check(): string {
    return `${this.tag}:check`;
  }

  /** Ids of settled commands by the time of their end. */
  get ended(): string {
    return `${this.tag}:ended`;
  }

  get letters(): string {
    return `${this.tag}:dead-letters`;
  }

  get letterIndex(): string {
    return `${this.tag}:dead-letter-index`;
  }

  get redriven(): string {
    return `${this.tag}:redriven`;
  }

  /** What nearly every script touches, in the order in which `LISTS` names it. */
  get lists(): string[] {
    const { tag, ended, letters, letterIndex, redriven } = this;
    return [`${tag}:waiting`, `${tag}:in-flight`, ended, letters, letterIndex, redriven];
  }
}

/** FNV-1a. It may never change: it says where things were put. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text))
    value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
