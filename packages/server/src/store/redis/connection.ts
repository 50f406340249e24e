import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteDisplayError } from '@remote-display/protocol';
import type { RedisClient } from './clients.ts';
import { Gate } from './gate.ts';
import { codeOf, isMistake, isReply, refused, unavailable, within } from './redis-errors.ts';
import type { Script } from './scripts/script.ts';

export interface ConnectionOptions {
  timeoutMs: number;
  maxPending: number;
  replicas: { min: number; timeoutMs: number } | undefined;
}

const PAUSE_MS = 50;
// A write that is let through when Redis is out of memory, since it begins with what removes.
const TOUCH = `redis.call('DEL', KEYS[1]) redis.call('SET', KEYS[1], '1', 'PX', 60000)`;

/**
 * The way to Redis. Each operation ends within `timeoutMs`: while there is no connection it waits
 * for one and is sent once it is there, but never after its caller was told that it failed.
 */
export class RedisConnection {
  readonly #options: ConnectionOptions;
  readonly #gate = new Gate();
  #client: RedisClient | undefined;
  #problem = 'not connected';
  #pending = 0;
  #onIdle: () => void = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Connects, and resolves when the connection is there. */
  async open(client: RedisClient): Promise<void> {
    this.#client = client;
    client.on('error', (error: Error) => {
      this.#problem = codeOf(error);
    });
    client.on('ready', () => client === this.#client && this.#gate.open());
    client.on('close', () => client === this.#client && this.#gate.shut());
    // It goes on trying by itself, and what went wrong came as an error event.
    client.connect().catch(() => {});
    await this.run(async () => {});
  }

  /** Lets what was begun end, within its time, and closes the connection. */
  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (this.#pending > 0)
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    if (client?.status === 'ready') await within(1_000, client.quit()).catch(() => {});
    client?.disconnect();
    this.#gate.shut();
  }

  /**
   * Sends something to Redis. If the connection breaks before the answer, it may have happened: it
   * is sent again, unless `once`, for what would then answer the wrong thing.
   */
  async run<T>(send: (client: RedisClient) => Promise<T>, once = false): Promise<T> {
    const client = this.#client;
    if (client === undefined) throw unavailable('the store is not open');
    if (this.#pending >= this.#options.maxPending) throw unavailable('too much waits for Redis');
    this.#pending++;
    try {
      return await this.#attempt(() => send(client), once);
    } finally {
      if (--this.#pending === 0) this.#onIdle();
    }
  }

  /** Runs a script where its keys lie. */
  script(
    script: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
    once = false,
  ): Promise<unknown> {
    return this.run(async (client) => {
      try {
        return await client.evalsha(script.sha, keys.length, ...keys, ...args);
      } catch (error) {
        if (!isReply(error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return client.eval(script.lua, keys.length, ...keys, ...args);
      }
    }, once);
  }

  /** The same for what may not be lost: where replicas are asked for, they have it, too. */
  async durably(
    script: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
    touch: string,
  ): Promise<unknown> {
    const { replicas } = this.#options;
    if (replicas === undefined) return this.script(script, keys, args);
    const send = (client: RedisClient, run: 'eval' | 'evalsha') =>
      client
        .pipeline()
        [run](run === 'eval' ? script.lua : script.sha, keys.length, ...keys, ...args)
        // WAIT looks back to this connection's last write. A repeated accept writes nothing, and
        // the first may have come over another connection.
        .eval(TOUCH, 1, touch)
        .wait(replicas.min, replicas.timeoutMs)
        .exec();
    return this.run(async (client) => {
      let [done, touched, waited] = (await send(client, 'evalsha')) ?? [];
      if (done?.[0]?.message.startsWith('NOSCRIPT'))
        [done, touched, waited] = (await send(client, 'eval')) ?? [];
      const error = done?.[0] ?? touched?.[0] ?? waited?.[0];
      if (error) throw error;
      if (!(Number(waited?.[1]) >= replicas.min))
        throw unavailable(`${waited?.[1]} of ${replicas.min} replicas have it`);
      return done?.[1];
    });
  }

  async #attempt<T>(send: () => Promise<T>, once: boolean): Promise<T> {
    const deadline = performance.now() + this.#options.timeoutMs;
    const left = () => deadline - performance.now();
    for (;;) {
      if (!(await this.#gate.pass(left())))
        throw unavailable(`no connection to Redis: ${this.#problem}`);
      try {
        return await within(left(), send());
      } catch (error) {
        if (error instanceof RemoteDisplayError || isMistake(error)) throw error;
        if (isReply(error)) throw refused(error);
        if (once || left() <= PAUSE_MS)
          throw unavailable('the connection to Redis was lost before the answer');
        await sleep(PAUSE_MS);
      }
    }
  }
}
