import type { Server as HttpServer } from 'node:http';
import type { CommandView, PairingView, TokenPair, TriggerRequest } from '@remote-display/protocol';
import { createPairingSchema, triggerSchema } from '@remote-display/protocol/schemas';
import { Pairings } from './access/pairings.ts';
import { type NewSession, newSessionSchema, Sessions } from './access/sessions.ts';
import { commandView } from './command-view.ts';
import { Engine } from './engine/engine.ts';
import { DomainEmitter } from './engine/events.ts';
import { exponentialBackoff } from './engine/retry-policy.ts';
import { Gateway } from './gateway/gateway.ts';
import { createRouter } from './http/router.ts';
import { silentLogger } from './logger.ts';
import { checkOptions, type RemoteDisplayOptions } from './options.ts';
import { newRequestId } from './request-id.ts';
import { Screens } from './screens.ts';
import { sqliteStore } from './store/sqlite-store.ts';
import { systemClock } from './system-clock.ts';
import { OrderResolver } from './trigger/order-resolver.ts';
import { Triggers } from './trigger/triggers.ts';
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
  /** A link with which one station may become the screen, once. `origin` is the server's address unless `publicUrl` is set. */
  pair(screen: { screenId: string; name?: string }, origin?: string): Promise<PairingView>;
  /** Takes nothing new, lets what is in flight end or stay queued, sends everyone away, and lets go. */
  close(): Promise<void>;
}

const OUTBOX_WINDOW = 16;
const OUTBOX_LIMIT = 1_000;
const WAITER_LIMIT = 10_000;

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
  const { basePath, commands, logger = silentLogger } = options;
  const clock = systemClock;
  const store = options.store ?? sqliteStore();
  const onError = (err: unknown) => logger.error({ err }, 'the store did not take a change');
  const events = new DomainEmitter((err, event) =>
    logger.error({ err, event }, 'a listener threw'),
  );

  const engine = new Engine({
    commands: store.commands,
    shared: store.shared,
    clock,
    events,
    retryPolicy:
      commands.retryPolicy ??
      exponentialBackoff(Math.random, { maxAttempts: commands.maxAttempts }),
    receiptTimeoutMs: commands.receiptTimeoutMs,
    outcomeTimeoutMs: commands.outcomeTimeoutMs,
    retentionMs: commands.retentionMs,
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
  const orders = new OrderResolver(
    options.resolveOrder,
    options.resolveTimeoutMs,
    options.documentOrigins,
  );
  const { ttlMs, idempotencyMs } = commands;
  const triggers = new Triggers({ engine, orders, screens, clock, ttlMs, idempotencyMs });
  const pairLink = (origin: string, screenId: string, token: string) =>
    `${options.publicUrl ?? origin}${basePath}/pair?${new URLSearchParams({ screenId, token })}`;

  let opened: Promise<void> | undefined;
  const ready = () => (opened ??= open());
  const open = async () => {
    await store.open();
    await sessions.load();
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
      const trace = { requestId: newRequestId() };
      return commandView(await triggers.trigger(parse(triggerSchema, trigger), subject, trace));
    },
    async pair(screen, origin = 'http://localhost:3000') {
      await ready();
      const { screenId, name } = parse(createPairingSchema, screen);
      const { token, expiresAt } = await pairings.create(screenId, name);
      return { screenId, token, url: pairLink(origin, screenId, token), expiresAt };
    },
    close: () => (closed ??= close()),
  };
}
