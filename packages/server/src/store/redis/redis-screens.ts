import type { Screen, ScreenStore } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { type Flat, toRecord } from './fields.ts';
import type { Layout } from './layout.ts';
import { WRITE_SCREEN } from './scripts/write-screen.ts';

type Fields = Record<string, string | number>;

/** The screens in Redis: a hash for each, and sorted lists of their ids, of all and by tag. */
export class RedisScreens implements ScreenStore {
  readonly #redis: RedisConnection;
  readonly #layout: Layout;

  constructor(redis: RedisConnection, layout: Layout) {
    this.#redis = redis;
    this.#layout = layout;
  }

  async pair({ screenId, name, pairedAt, tags }: Parameters<ScreenStore['pair']>[0]) {
    await this.#write(screenId, { name, pairedAt }, tags, false);
  }

  async update(screenId: string, { name, tags }: Parameters<ScreenStore['update']>[1]) {
    return this.#write(screenId, name === undefined ? {} : { name }, tags);
  }

  async seen(screenId: string, { at, displays }: Parameters<ScreenStore['seen']>[1]) {
    const fields: Fields = { lastSeenAt: at };
    if (displays !== undefined) fields['displays'] = JSON.stringify(displays);
    await this.#write(screenId, fields);
  }

  async find(screenId: string): Promise<Screen | undefined> {
    const fields = await this.#redis.run((client) => client.hgetall(this.#key(screenId)));
    return toScreen(screenId, Object.entries(fields).flat());
  }

  async tagged(tag: string, limit: number): Promise<string[]> {
    if (limit <= 0) return [];
    return this.#redis.run((client) => client.zrange(this.#tags + tag, 0, `${limit - 1}`));
  }

  async list(after: string, limit: number): Promise<Screen[]> {
    const from = after === '' ? '-' : `(${after}`;
    const ids = await this.#redis.run((client) =>
      client.zrangebylex(this.#all, from, '+', 'LIMIT', 0, limit),
    );
    return (await Promise.all(ids.map((id) => this.find(id)))).flatMap((screen) => screen ?? []);
  }

  async #write(
    screenId: string,
    fields: Fields,
    tags?: string[],
    mustExist = true,
  ): Promise<Screen | undefined> {
    const args = [screenId, mustExist ? 1 : 0, this.#tags, tags ? JSON.stringify(tags) : ''];
    const keys = [this.#key(screenId), this.#all];
    const written = [...args, ...Object.entries(fields).flat()];
    return toScreen(screenId, (await this.#redis.script(WRITE_SCREEN, keys, written)) as Flat);
  }

  #key(screenId: string): string {
    return this.#layout.access(`screen:${screenId}`);
  }

  get #all(): string {
    return this.#layout.access('screens');
  }

  get #tags(): string {
    return this.#layout.access('tag:');
  }
}

function toScreen(screenId: string, flat: Flat): Screen | undefined {
  if (flat.length === 0) return undefined;
  const { name = '', pairedAt, lastSeenAt, displays = '[]', tags = '[]' } = toRecord(flat);
  return {
    screenId,
    name,
    pairedAt: Number(pairedAt),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt: Number(lastSeenAt) }),
    displays: JSON.parse(displays),
    tags: JSON.parse(tags),
  };
}
