import { randomUUID } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import {
  type CommandView,
  type DeadLetterPage,
  type DeadLetterView,
  type PairingView,
  RemoteDisplayError,
  type TokenPair,
  type TriggerRequest,
  type TriggerResult,
} from '@remote-display/protocol';
import {
  createPairingSchema,
  MAX_TRIGGERS,
  triggerSchema,
  triggersSchema,
} from '@remote-display/protocol/schemas';
import { Pairings } from './access/pairings.ts';
import { type NewSession, newSessionSchema, Sessions } from './access/sessions.ts';
import { commandView, deadLetterView, resultView } from './command-view.ts';
import { DeadLetters } from './engine/dead-letters.ts';
import { Engine } from './engine/engine.ts';
import { DomainEmitter } from './engine/events.ts';
import { exponentialBackoff, guardedPolicy } from './engine/retry-policy.ts';
import { Gateway } from './gateway/gateway.ts';
import { GuardedCall } from './hooks/guarded-call.ts';
import { createRouter } from './http/router.ts';
import { harmless, silentLogger } from './logger.ts';
import { checkOptions, type RemoteDisplayOptions } from './options.ts';
import { newRequestId } from './request-id.ts';
import { Screens } from './screens.ts';
import { sqliteStore } from './store/sqlite-store.ts';
import type { DeadLetterFilter } from './store/store.ts';
import { systemClock } from './system-clock.ts';
import type { OrderCacheStats } from './trigger/order-cache.ts';
import { OrderResolver } from './trigger/order-resolver.ts';
import { type Caller, Triggers } from './trigger/triggers.ts';
import { parse } from './validation.ts';

/** A running remote-display. */
export interface RemoteDisplay {
  /** Where it is mounted, such as `/api`. */
  readonly basePath: string;
  /** Everything that happens; a listener that throws harms nobody. */
  readonly events: Pick<DomainEmitter, 'on'>;
  /** Sessions of operators and admins; a device gets its own by pairing. */
  readonly sessions: {
    /** Begins a session; throws `INVALID_REQUEST`. */
    create(session: NewSession & { role: 'operator' | 'admin' }): Promise<TokenPair>;
    /** Ends one: its tokens are refused and its sockets closed. */
    revoke(sessionId: string): Promise<void>;
  };
  /** Resolves when the store is open; rejects with `STORE_LOCKED`, `STORE_TOO_NEW`, `STORE_CORRUPT` or `STORE_UNAVAILABLE`. */
  ready(): Promise<void>;
  /** Lets devices and operators connect through this server. */
  attach(server: HttpServer): void;
  /** Answers a request to a path under `basePath`. */
  fetch(request: Request): Promise<Response>;
  /** Shows an order, on behalf of `subject`. The same `id` again answers the first command. */
  trigger(trigger: TriggerRequest, subject: string): Promise<CommandView>;
  /**
   * Many at once, at most 1,000; each has its own result in its place: a command, or an error. One
   * that is not valid spoils no other.
   */
  triggerAll(triggers: readonly TriggerRequest[], subject: string): Promise<TriggerResult[]>;
  /** What ended in failure, kept with its story. */
  readonly deadLetters: {
    /** A page, the newest first; `after` is the `next` of the page before. */
    list(
      filter?: DeadLetterFilter,
      page?: { after?: string; limit?: number },
    ): Promise<DeadLetterPage>;
    /** Throws `DEAD_LETTER_NOT_FOUND`. */
    get(commandId: string): Promise<DeadLetterView>;
    /** Tries it again as a new command that points at it; a second time answers the first one's. */
    redrive(commandId: string, subject: string): Promise<CommandView>;
    /** Tries again those that fit and were not yet, at most `limit` (default 1,000). */
    redriveAll(
      filter: DeadLetterFilter,
      subject: string,
      limit?: number,
    ): Promise<{ results: TriggerResult[]; more: boolean }>;
    /** Forgets one; throws `DEAD_LETTER_NOT_FOUND`. */
    discard(commandId: string): Promise<void>;
    /** Forgets those that fit, at most `limit` (default 1,000). */
    discardAll(
      filter: DeadLetterFilter,
      limit?: number,
    ): Promise<{ discarded: number; more: boolean }>;
  };
  /** The way from an order to its document. */
  readonly orders: {
    /** Forgets what is cached of an order; the next trigger looks it up anew. Nothing without `orderCache`. */
    invalidate(orderId: string): Promise<void>;
    /** How the cache fares since the start; `undefined` without `orderCache`. */
    cacheStats(): OrderCacheStats | undefined;
  };
  /** A link with which one station may become the screen, once. `origin` is the server's address unless `publicUrl` is set. */
  pair(
    screen: { screenId: string; name?: string; tags?: string[] },
    origin?: string,
  ): Promise<PairingView>;
  /** Takes nothing new, lets what is in flight end or stay queued, sends everyone away, and lets go. */
  close(): Promise<void>;
}

const OUTBOX_WINDOW = 16;
// As many as a screen can ever be allowed, so that none is overlooked.
const OUTBOX_LIMIT = 10_000;
const WAITER_LIMIT = 10_000;
const DEAD_LETTER_HOOK_MS = 10_000;

/**
 * Makes a remote-display from its options; throws `INVALID_OPTIONS` naming what is wrong.
 *
 * @example
 * ```ts
 * const display = createRemoteDisplay({
 *   secret: process.env.REMOTE_DISPLAY_SECRET,
 *   resolveOrder: async (orderId) => ({ url: `https://docs.example.com/orders/${orderId}` }),
 * });
 * const server = serve({ fetch: display.fetch, port: 3000 });
 * display.attach(server);
 * ```
 */
export function createRemoteDisplay(given: RemoteDisplayOptions): RemoteDisplay {
  const options = checkOptions(given);
  const { basePath, commands } = options;
  const logger = harmless(options.logger ?? silentLogger);
  const clock = systemClock;
  const store = options.store ?? sqliteStore();
  const onError = (err: unknown) => logger.error({ err }, 'the store did not take a change');
  const events = new DomainEmitter((err, event) =>
    logger.error({ err, event }, 'a listener threw'),
  );

  const backoff = exponentialBackoff(Math.random, { maxAttempts: commands.maxAttempts });
  const engine = new Engine({
    commands: store.commands,
    deadLetters: store.deadLetters,
    news: store.news,
    nodeId: randomUUID(),
    clock,
    events,
    retryPolicy: commands.retryPolicy
      ? guardedPolicy(commands.retryPolicy, backoff, (err) =>
          logger.error({ err }, 'the retry policy failed'),
        )
      : backoff,
    receiptTimeoutMs: commands.receiptTimeoutMs,
    outcomeTimeoutMs: commands.outcomeTimeoutMs,
    retentionMs: commands.retentionMs,
    maxSettled: commands.maxSettled,
    idempotencyMs: commands.idempotencyMs,
    deadLetterRetentionMs: options.deadLetters.retentionMs,
    maxDeadLetters: options.deadLetters.maxCount,
    window: OUTBOX_WINDOW,
    outboxLimit: OUTBOX_LIMIT,
    waiterLimit: WAITER_LIMIT,
    onError,
  });
  const sessions = new Sessions({
    ...options.tokens,
    secret: options.secret,
    store: store.sessions,
    clock,
    events,
  });
  const screens = new Screens(store.screens, clock, events);
  const pairings = new Pairings({
    ttlMs: options.pairing.ttlMs,
    pairings: store.pairings,
    screens: store.screens,
    sessions,
    clock,
  });
  const onBreaker = (name: string, state: GuardedCall['state']) =>
    events.emit('breaker.changed', { name, state });
  const orders = new OrderResolver(
    options.resolveOrder,
    options.resolveTimeoutMs,
    options.documentOrigins,
    { breaker: options.breaker, cache: options.orderCache, onState: onBreaker },
  );
  const { ttlMs, idempotencyMs, maxUnsettled } = commands;
  const newId = (screenId: string) => store.commands.newId(screenId);
  const triggers = new Triggers({
    engine,
    orders,
    screens,
    newId,
    clock,
    ttlMs,
    idempotencyMs,
    maxUnsettled,
  });
  const deadLetters = new DeadLetters({
    engine,
    store: store.deadLetters,
    newId,
    clock,
    maxUnsettled,
  });
  const deadLetterHook = new GuardedCall({
    name: 'onDeadLetter',
    timeoutMs: DEAD_LETTER_HOOK_MS,
    timeoutCode: 'INTERNAL',
    failureCode: 'INTERNAL',
    breaker: options.breaker,
    onState: onBreaker,
  });
  const { onDeadLetter } = options;
  if (onDeadLetter) {
    events.on('command.dead', ({ command }) => {
      deadLetterHook
        .run(() => onDeadLetter({ command }))
        .catch((err) => logger.error({ err, commandId: command.id }, 'onDeadLetter failed'));
    });
  }
  const guards = onDeadLetter ? [...orders.guards, deadLetterHook] : orders.guards;
  const pairLink = (origin: string, screenId: string, token: string) =>
    `${options.publicUrl ?? origin}${basePath}/pair?${new URLSearchParams({ screenId, token })}`;

  let opened: Promise<void> | undefined;
  const ready = () => (opened ??= open());
  const open = async () => {
    try {
      await store.open();
      await sessions.load();
    } catch (error) {
      // A store that is away comes back: whoever needs it next opens it.
      if (RemoteDisplayError.wrap(error).retryable) opened = undefined;
      throw error;
    }
    engine.start();
  };
  // Opened at once, so that a damaged store is told at the start; whoever calls `ready` hears of it.
  ready().catch((err) => logger.error({ err }, 'the store could not be opened'));

  const gateway = new Gateway({
    path: `${basePath}/socket.io`,
    heartbeat: options.heartbeat,
    engine,
    sessions,
    screens,
    triggers,
    events,
    clock,
    logger,
    ready,
  });
  const fetch = createRouter({
    basePath,
    logger,
    engine,
    triggers,
    deadLetters,
    guards,
    sessions,
    screens,
    pairings,
    pairLink,
    extensionIds: options.pairing.extensionIds,
    store,
    ready,
  });

  let closed: Promise<void> | undefined;
  const close = async () => {
    await opened?.catch(() => {});
    await engine.drain(options.drainTimeoutMs);
    await gateway.close();
    await engine.stop();
    await store.close();
  };

  return {
    basePath,
    events,
    sessions: {
      async create(session) {
        const wanted = parse(newSessionSchema, session);
        await ready();
        return sessions.create(wanted);
      },
      async revoke(sessionId) {
        await ready();
        await sessions.revoke(sessionId);
      },
    },
    ready,
    attach: (server) => gateway.attach(server),
    fetch,
    async trigger(trigger, subject) {
      await ready();
      return commandView(await triggers.trigger(parse(triggerSchema, trigger), callerOf(subject)));
    },
    async triggerAll(given, subject) {
      await ready();
      const list = parse(triggersSchema, { triggers: given }).triggers;
      const checked = list.map((raw) => triggerSchema.safeParse(raw));
      const good = checked.flatMap(({ data }) => (data ? [data] : []));
      const done = (await triggers.triggerAll(good, callerOf(subject))).values();
      return checked.map(({ data }, n) => {
        const result = data ? done.next().value : undefined;
        return resultView(
          { id: data?.id, screenId: data?.screenId },
          result ?? { error: refusalOf(list[n]) },
        );
      });
    },
    deadLetters: {
      async list(filter = {}, { after, limit = 100 } = {}) {
        await ready();
        const { letters, next } = await deadLetters.list(filter, { after, limit });
        const page = { deadLetters: letters.map(deadLetterView) };
        return next === undefined ? page : { ...page, next };
      },
      async get(commandId) {
        await ready();
        return deadLetterView(await deadLetters.get(commandId));
      },
      async redrive(commandId, subject) {
        await ready();
        const letter = await deadLetters.get(commandId);
        return commandView(await deadLetters.redrive(letter, subject, newRequestId()));
      },
      async redriveAll(filter, subject, limit = MAX_TRIGGERS) {
        await ready();
        const by = { subject, requestId: newRequestId() };
        const { results, more } = await deadLetters.redriveAll(filter, limit, () => true, by);
        return { results: results.map((each) => resultView({ id: each.id }, each)), more };
      },
      async discard(commandId) {
        await ready();
        await deadLetters.discard(commandId);
      },
      async discardAll(filter, limit = MAX_TRIGGERS) {
        await ready();
        return deadLetters.discardAll(filter, limit, () => true);
      },
    },
    orders: {
      invalidate: async (orderId) => orders.cache?.invalidate(orderId),
      cacheStats: () => orders.cache?.stats(),
    },
    async pair(screen, origin = 'http://localhost:3000') {
      await ready();
      const { screenId, name, tags } = parse(createPairingSchema, screen);
      const { token, expiresAt } = await pairings.create(screenId, name, tags);
      return { screenId, token, url: pairLink(origin, screenId, token), expiresAt };
    },
    close: () => (closed ??= close()),
  };
}

function callerOf(subject: string): Caller {
  return { subject, trace: { requestId: newRequestId() } };
}

/** Why a trigger of many is not valid. */
function refusalOf(raw: unknown): unknown {
  try {
    return parse(triggerSchema, raw);
  } catch (error) {
    return error;
  }
}
