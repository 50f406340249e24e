import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { News, ScreenNews } from '../store.ts';
import { Gate } from './gate.ts';
import type { Layout } from './layout.ts';
import { isReply, refused, unavailable, within } from './redis-errors.ts';

type Listener = (news: ScreenNews) => void;

const PAUSE_MS = 250;
const PING_MS = 1_000;
const CHUNK = 500;

/**
 * What other nodes do, on a connection of its own. When that is lost, another takes its place,
 * subscribes to the same, and then says that something may have been missed.
 */
export class RedisNews implements News {
  readonly #layout: Layout;
  readonly #timeoutMs: number;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #gapListeners = new Set<() => void>();
  readonly #gate = new Gate();
  #make: (() => Redis) | undefined;
  #client: Redis | undefined;
  #wasUp = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(layout: Layout, timeoutMs: number) {
    this.#layout = layout;
    this.#timeoutMs = timeoutMs;
  }

  async open(make: () => Redis): Promise<void> {
    this.#make = make;
    this.#connect();
    if (!(await this.#gate.pass(this.#timeoutMs)))
      throw unavailable('no connection to Redis for subscriptions');
    // Of no screen: it shows that this user may subscribe.
    (await this.subscribe('', () => {}))();
  }

  async close(): Promise<void> {
    this.#make = undefined;
    clearTimeout(this.#retry);
    this.#gate.shut();
    this.#wasUp = false;
    this.#client?.disconnect();
    this.#client = undefined;
  }

  async subscribe(screenId: string, listener: Listener): Promise<() => void> {
    const channel = this.#layout.partitionOfScreen(screenId).news(screenId);
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    // Each caller has his own, should the same function come twice.
    const own: Listener = (news) => listener(news);
    listeners.add(own);
    const stop = () => {
      if (!listeners.delete(own) || listeners.size > 0) return;
      this.#listeners.delete(channel);
      this.#client?.unsubscribe(channel).catch(() => {});
    };
    try {
      await this.#subscribed(channel);
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  onGap(listener: () => void): () => void {
    const own = () => listener();
    this.#gapListeners.add(own);
    return () => void this.#gapListeners.delete(own);
  }

  async #subscribed(channel: string): Promise<void> {
    const deadline = performance.now() + this.#timeoutMs;
    for (;;) {
      const left = deadline - performance.now();
      if (this.#make === undefined) throw unavailable('the store is not open');
      if (!(await this.#gate.pass(left)))
        throw unavailable('no connection to Redis for subscriptions');
      const client = this.#client;
      try {
        // A second time changes nothing, so nobody need know whether another has done it.
        if (client) await within(deadline - performance.now(), client.subscribe(channel));
        if (client && client === this.#client) return;
      } catch (error) {
        if (isReply(error)) throw refused(error);
        if (client === this.#client && client?.status === 'ready') throw error;
        // Lost meanwhile: the next connection subscribes to it, and this waits for that.
        if (client === this.#client) this.#gate.shut();
      }
    }
  }

  #connect(): void {
    if (this.#make === undefined) return;
    try {
      const client = this.#make();
      this.#client = client;
      client.on('error', () => {});
      client.on('ready', () => void this.#resubscribe(client));
      client.on('end', () => this.#again(client));
      client.connect().catch(() => {});
    } catch {
      // No node of the cluster is known just now.
      this.#again(undefined);
    }
  }

  #again(client: Redis | undefined): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#gate.shut();
    this.#retry = setTimeout(() => this.#connect(), PAUSE_MS);
  }

  async #resubscribe(client: Redis): Promise<void> {
    try {
      const channels = [...this.#listeners.keys()];
      for (let i = 0; i < channels.length; i += CHUNK)
        await client.subscribe(...channels.slice(i, i + CHUNK));
    } catch {
      client.disconnect();
      return;
    }
    if (client !== this.#client) return;
    this.#gate.open();
    if (this.#wasUp) for (const listener of this.#gapListeners) listener();
    this.#wasUp = true;
    // Not before: whoever hears of something must know by then that something older may be missing.
    client.on('message', (channel, message) => this.#tell(channel, message));
    void this.#watch(client);
  }

  /** On a line where nobody has anything to say, only this notices that it is dead. */
  async #watch(client: Redis): Promise<void> {
    for (;;) {
      await sleep(PING_MS, undefined, { ref: false });
      if (client !== this.#client) return;
      try {
        await within(this.#timeoutMs, client.ping());
      } catch (error) {
        // A refusal is a sign of life, too.
        if (isReply(error)) continue;
        // At once: a dead line says nothing of its end, either.
        this.#again(client);
        client.disconnect();
        return;
      }
    }
  }

  #tell(channel: string, message: string): void {
    const news = toNews(message);
    if (news === undefined) return;
    for (const listener of this.#listeners.get(channel) ?? []) listener(news);
  }
}

/** What a message says; `undefined` for one that is not of ours. */
function toNews(message: string): ScreenNews | undefined {
  let news: Partial<Record<string, unknown>>;
  try {
    news = JSON.parse(message) ?? {};
  } catch {
    return undefined;
  }
  const { kind, id, holder, superseded, command } = news;
  const isKnown =
    (kind === 'settled' && typeof id === 'string') ||
    (kind === 'held' && typeof holder === 'string') ||
    (kind === 'accepted' &&
      Array.isArray(superseded) &&
      typeof command === 'object' &&
      command !== null &&
      'id' in command);
  return isKnown ? (news as ScreenNews) : undefined;
}
