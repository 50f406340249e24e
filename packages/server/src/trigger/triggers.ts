import {
  type OrderDocument,
  RemoteDisplayError,
  type TraceContext,
  type Trigger,
} from '@remote-display/protocol';
import type { Clock } from '../engine/clock.ts';
import type { Command, CommandDraft } from '../engine/command.ts';
import type { Engine } from '../engine/engine.ts';
import { inParallel } from '../engine/in-parallel.ts';
import type { Screens } from '../screens.ts';
import { type Arrival, Arrivals } from './arrivals.ts';
import type { OrderResolver } from './order-resolver.ts';

export interface TriggersOptions {
  engine: Engine;
  orders: OrderResolver;
  screens: Screens;
  newId: (screenId: string) => string;
  clock: Clock;
  /** How long a command is worth showing unless the trigger says so, in ms. */
  ttlMs: number;
  /** How long the same id is answered with the first command, in ms. */
  idempotencyMs: number;
  /** How many unsettled commands a screen may have. */
  maxUnsettled: number;
}

/** On whose behalf, and under which names the wish is known besides its id. */
export interface Caller {
  subject: string;
  trace: TraceContext;
  /** From the `Idempotency-Key` header. */
  idempotencyKey?: string | undefined;
}

/** What became of one of many. */
export type Triggered = { command: Command } | { error: unknown };

// After these nothing was accepted for certain.
const REFUSALS: readonly string[] = ['IDEMPOTENCY_CONFLICT', 'QUEUE_FULL', 'SERVER_DRAINING'];

// How many orders of one batch are looked up at once.
const LOOKUPS = 32;

/** From the wish to the command: this order on that display becomes a `navigate`. */
export class Triggers {
  readonly #options: TriggersOptions;
  readonly #arrivals = new Arrivals();

  constructor(options: TriggersOptions) {
    this.#options = options;
  }

  async trigger(trigger: Trigger, caller: Caller): Promise<Command> {
    const [result] = await this.#all([{ trigger, caller, scope: '' }]);
    if (result === undefined || 'error' in result) throw result?.error;
    return result.command;
  }

  /** Each by itself, the result in its place; for the same display the later one in the list is the later one. */
  triggerAll(triggers: readonly Trigger[], caller: Caller): Promise<Triggered[]> {
    return this.#all(triggers.map((trigger, n) => ({ trigger, caller, scope: `\n${n}` })));
  }

  /** One wish for several screens: its id is good for each of them. */
  triggerEach(
    trigger: Omit<Trigger, 'screenId'>,
    screenIds: readonly string[],
    caller: Caller,
  ): Promise<Triggered[]> {
    return this.#all(
      screenIds.map((screenId) => ({
        trigger: { ...trigger, screenId },
        caller,
        scope: `\n${screenId}`,
        each: true,
      })),
    );
  }

  async #all(wishes: Wish[]): Promise<Triggered[]> {
    const arrived = wishes.map((wish) => ({
      ...wish,
      arrival: this.#arrivals.enter(`${wish.trigger.screenId} ${slotOf(wish.trigger)}`),
    }));
    try {
      const looked = await inParallel(arrived, LOOKUPS, (wish) => this.#lookUp(wish));
      // One after the other to the store where they compete, in the order of the list.
      const queues = new Map<string, Promise<unknown>>();
      return await Promise.all(
        arrived.map((wish, n) => {
          const slot = `${wish.trigger.screenId} ${slotOf(wish.trigger)}`;
          const before = queues.get(slot);
          const work = () => attempt(() => this.#accept(wish, looked[n] as Looked));
          const accepted = before === undefined ? work() : before.then(work);
          queues.set(slot, accepted);
          return accepted;
        }),
      );
    } finally {
      for (const { arrival } of arrived) arrival.leave();
    }
  }

  async #lookUp({ trigger, caller }: Wish): Promise<Looked> {
    const { orders, screens } = this.#options;
    const { orderId, screenId, displayIndex } = trigger;
    try {
      await screens.require(screenId);
      const { subject } = caller;
      return { document: await orders.resolve(orderId, { screenId, displayIndex, subject }) };
    } catch (error) {
      return { error };
    }
  }

  async #accept(wish: Arrived, looked: Looked): Promise<Command> {
    const { engine, clock, newId, ttlMs, idempotencyMs, maxUnsettled } = this.#options;
    const { trigger, caller, arrival } = wish;
    const { orderId, screenId, displayIndex, priority, queue, ttl } = trigger;
    const keys = keysOf(wish);
    const fingerprint = JSON.stringify([
      orderId,
      screenId,
      displayIndex,
      ttl ?? null,
      priority,
      queue,
    ]);
    const overtaken = queue === 'latest' && arrival.overtaken;
    if ('error' in looked || overtaken || arrival.contested) {
      // The first result stands, even if the order can no longer be looked up; and a repetition
      // overtakes nobody.
      const first = await engine.recall(keys, fingerprint);
      if (first) return first;
      if ('error' in looked) throw looked.error;
      if (overtaken) throw new RemoteDisplayError('TRIGGER_OVERTAKEN');
    }
    const takeBack = arrival.go();
    const createdAt = clock.now();
    const draft: CommandDraft = {
      id: newId(screenId),
      screenId,
      type: 'navigate',
      payload: { displayIndex, orderId, document: looked.document },
      slot: slotOf(trigger),
      priority,
      queue,
      createdAt,
      expiresAt: createdAt + (ttl ?? ttlMs),
      subject: caller.subject,
      trace: caller.trace,
      keys,
      fingerprint,
      keyExpiresAt: createdAt + idempotencyMs,
      maxUnsettled,
    };
    try {
      return (await engine.accept(draft)).command;
    } catch (error) {
      if (REFUSALS.includes(RemoteDisplayError.wrap(error).code)) takeBack();
      throw error;
    }
  }
}

interface Wish {
  trigger: Trigger;
  caller: Caller;
  /** Sets it apart from the others under the same `Idempotency-Key`. */
  scope: string;
  /** One of several screens under one id. */
  each?: boolean;
}

type Arrived = Wish & { arrival: Arrival };

type Looked = { document: OrderDocument } | { error: unknown };

function slotOf({ displayIndex }: Pick<Trigger, 'displayIndex'>): string {
  return `display:${displayIndex}:document`;
}

// Ids are the caller's own: nobody else's command can be hit by the same one. No part can contain a
// line break. For one of several screens the id is good with its screen, and so it is known by that
// where it stands alone.
function keysOf({ trigger, caller: { subject, idempotencyKey }, scope, each }: Wish): string[] {
  const id = `id\n${subject}\n${trigger.id}`;
  const keys = [`${id}\n${trigger.screenId}`];
  if (!each) keys.unshift(id);
  if (idempotencyKey !== undefined) keys.push(`key\n${subject}\n${idempotencyKey}${scope}`);
  return keys;
}

async function attempt(work: () => Promise<Command>): Promise<Triggered> {
  try {
    return { command: await work() };
  } catch (error) {
    return { error };
  }
}
