import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CommandState,
  type CommandView,
  isSettled,
  type TriggerResults,
} from '@remote-display/protocol';
import type { Random } from '../simulation/world/random.ts';
import { orderOf } from './crash-glass.ts';

/** A wish that was accepted, and what else its operator was told of it. */
export interface Accepted {
  orderId: string;
  commandId: string;
  /** How it ended, as whoever waited was told. */
  told?: CommandState;
}

export interface CrashLoadOptions {
  url: string;
  token: string;
  screens: readonly string[];
  /** How many displays each screen has; each has an operator of its own. */
  displays: number;
  random: Random;
  /** How long an operator rests between two wishes, in ms. Default 0. */
  restMs?: number;
  /** When an operator gives up on one request and sends it again, in ms. Default 20,000. */
  giveUpMs?: number;
  /** The place of each operator's first wish. Default 0. */
  firstPlace?: number;
}

type Wish = Record<string, unknown> & { id: string; orderId: string };

/**
 * Operators, each with a display of its own on which it puts one order after the other. A wish that
 * was not accepted is sent again under the same id until it is.
 */
export class CrashLoad {
  readonly accepted: Accepted[] = [];
  /** How often each answer that is no acceptance was given; `unanswered` where none came. */
  readonly refusals = new Map<string, number>();
  /** A wish that was sent twice and made two commands, and other answers that are never right. */
  readonly wrong: string[] = [];
  /** The longest that any request was without an answer, in ms. */
  slowestMs = 0;
  readonly #options: CrashLoadOptions;
  #running: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: CrashLoadOptions) {
    this.#options = options;
  }

  start(): void {
    const { screens, displays } = this.#options;
    const all = Array.from({ length: displays }, (_, display) => display);
    // On every other screen one operator fills all displays at once.
    const operators = screens.flatMap((screenId, n) =>
      n % 2 === 1 ? [this.#inBatches(screenId, all)] : all.map((d) => this.#oneByOne(screenId, d)),
    );
    this.#running = Promise.all(operators);
  }

  /** Resolves when every wish that was begun has been accepted. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Resolves when so many more have been accepted. */
  async more(count: number): Promise<void> {
    const enough = this.accepted.length + count;
    const end = performance.now() + 60_000;
    while (this.accepted.length < enough) {
      if (performance.now() > end) throw new Error(`only ${this.accepted.length} were accepted`);
      await sleep(5);
    }
  }

  async #oneByOne(screenId: string, display: number): Promise<void> {
    const { random, firstPlace = 0 } = this.#options;
    for (let place = firstPlace; !this.#stopped; place++) {
      const wish = this.#wish(screenId, display, place);
      // Now and then it waits for what becomes of it.
      const waits = random.chance(0.05);
      const query = waits ? '?wait=shown&timeout=10000' : '';
      const command = await this.#until<CommandView>(`/trigger${query}`, wish);
      const accepted = this.#accept(wish.orderId, command, waits);
      const whim = random.next();
      if (whim < 0.02) {
        const again = await this.#until<CommandView>('/trigger', wish);
        if (again.commandId !== accepted.commandId) this.wrong.push(`${wish.orderId} made two`);
      } else if (whim < 0.04) await this.#cancel(accepted);
      await this.#rest();
    }
  }

  async #inBatches(screenId: string, displays: readonly number[]): Promise<void> {
    for (let place = this.#options.firstPlace ?? 0; !this.#stopped; place++) {
      let left = displays.map((display) => this.#wish(screenId, display, place));
      while (left.length > 0) {
        const { results } = await this.#until<TriggerResults>('/triggers', { triggers: left });
        const refused: Wish[] = [];
        for (const [n, { command, error }] of results.entries()) {
          const wish = left[n] as Wish;
          if (command) this.#accept(wish.orderId, command, false);
          else {
            this.#refused(error?.code ?? 'nothing');
            refused.push(wish);
          }
        }
        if (refused.length > 0) await this.#pause();
        left = refused;
      }
      await this.#rest();
    }
  }

  #wish(screenId: string, displayIndex: number, place: number): Wish {
    return {
      id: crypto.randomUUID(),
      orderId: orderOf({ slot: `${screenId}.${displayIndex}`, place }),
      screenId,
      displayIndex,
      timestamp: Date.now(),
      queue: this.#options.random.chance(0.12) ? 'latest' : 'all',
    };
  }

  #accept(orderId: string, { commandId, state }: CommandView, waited: boolean): Accepted {
    const accepted: Accepted = { orderId, commandId };
    if (waited && isSettled(state)) accepted.told = state;
    this.accepted.push(accepted);
    return accepted;
  }

  async #cancel(accepted: Accepted): Promise<void> {
    const { status, body } = await this.#ask(`/commands/${accepted.commandId}/cancel`, {});
    if (status === 200) accepted.told = (body as CommandView).state;
  }

  // Sent again and again, under the same id, until it is accepted.
  async #until<T>(path: string, wish: object): Promise<T> {
    for (;;) {
      const { status, body } = await this.#ask(path, wish);
      if (status === 200 || status === 202) return body as T;
      const { code = 'unanswered' } = (body ?? {}) as { code?: string };
      this.#refused(code);
      if (status !== undefined && status !== 503 && status !== 429)
        this.wrong.push(`${path} answered ${status} ${code}`);
      await this.#pause();
    }
  }

  async #ask(path: string, body: object): Promise<{ status: number | undefined; body: unknown }> {
    const { url, token, giveUpMs = 20_000 } = this.#options;
    const askedAt = performance.now();
    try {
      const answer = await fetch(`${url}/api${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(giveUpMs),
      });
      if (answer.status === 503 && !answer.headers.has('retry-after'))
        this.wrong.push(`${path} answered 503 without Retry-After`);
      return { status: answer.status, body: await answer.json() };
    } catch {
      return { status: undefined, body: undefined };
    } finally {
      const tookMs = performance.now() - askedAt;
      // Who asks to wait is not kept waiting by a fault.
      if (!path.includes('?wait')) this.slowestMs = Math.max(this.slowestMs, tookMs);
    }
  }

  #refused(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  #pause(): Promise<void> {
    return sleep(this.#options.random.between(20, 120));
  }

  async #rest(): Promise<void> {
    const { restMs = 0 } = this.#options;
    if (restMs > 0) await sleep(restMs);
  }
}
