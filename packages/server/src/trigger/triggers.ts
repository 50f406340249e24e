import { randomUUID } from 'node:crypto';
import type { TraceContext, Trigger } from '@remote-display/protocol';
import type { Clock } from '../engine/clock.ts';
import type { Command, CommandDraft } from '../engine/command.ts';
import type { Engine } from '../engine/engine.ts';
import type { Screens } from '../screens.ts';
import type { OrderResolver } from './order-resolver.ts';

export interface TriggersOptions {
  engine: Engine;
  orders: OrderResolver;
  screens: Screens;
  clock: Clock;
  /** How long a command is worth showing unless the trigger says so, in ms. */
  ttlMs: number;
  /** How long the same id is answered with the first command, in ms. */
  idempotencyMs: number;
}

/** From the wish to the command: this order on that display becomes a `navigate`. */
export class Triggers {
  readonly #options: TriggersOptions;

  constructor(options: TriggersOptions) {
    this.#options = options;
  }

  async trigger(trigger: Trigger, subject: string, trace: TraceContext): Promise<Command> {
    const { engine, orders, screens } = this.#options;
    const { orderId, screenId, displayIndex } = trigger;
    await screens.require(screenId);
    // Ids are the caller's own: nobody else's command can be hit by the same one.
    const key = `${subject} ${trigger.id}`;
    const fingerprint = JSON.stringify([orderId, screenId, displayIndex, trigger.ttl ?? null]);
    let document: Awaited<ReturnType<OrderResolver['resolve']>>;
    try {
      document = await orders.resolve(orderId, { screenId, displayIndex, subject });
    } catch (error) {
      // The first result stands, even if the order can no longer be looked up.
      const first = await engine.recall(key, fingerprint);
      if (first) return first;
      throw error;
    }
    const createdAt = this.#options.clock.now();
    const draft: CommandDraft = {
      id: randomUUID(),
      screenId,
      type: 'navigate',
      payload: { displayIndex, orderId, document },
      slot: `display:${displayIndex}:document`,
      createdAt,
      expiresAt: createdAt + (trigger.ttl ?? this.#options.ttlMs),
      subject,
      trace,
      key,
      fingerprint,
      keyExpiresAt: createdAt + this.#options.idempotencyMs,
    };
    const { command } = await engine.accept(draft);
    return command;
  }
}
