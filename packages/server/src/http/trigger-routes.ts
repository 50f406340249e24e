import {
  isSettled,
  RemoteDisplayError,
  type Trigger,
  type TriggerResults,
} from '@remote-display/protocol';
import {
  idempotencyKeySchema,
  MAX_TRIGGERS,
  traceSchema,
  triggerBodySchema,
  triggerSchema,
  triggersSchema,
  waitQuerySchema,
} from '@remote-display/protocol/schemas';
import { Hono } from 'hono';
import { authorize, authorizeRole, isAllowed } from '../access/permissions.ts';
import type { Sessions } from '../access/sessions.ts';
import { commandView, resultView } from '../command-view.ts';
import type { Command } from '../engine/command.ts';
import type { Engine } from '../engine/engine.ts';
import type { Screens } from '../screens.ts';
import type { Caller, Triggered, Triggers } from '../trigger/triggers.ts';
import { parse } from '../validation.ts';
import { waitFor } from './command-routes.ts';
import {
  authenticated,
  body,
  query,
  type RequestContext,
  type RequestVariables,
} from './context.ts';

export interface TriggerRoutes {
  engine: Engine;
  triggers: Triggers;
  screens: Screens;
  sessions: Sessions;
}

type Named = { id?: string | undefined; screenId?: string | undefined };

/** Triggers: one, one for several screens, and many at once. */
export function triggerRoutes(options: TriggerRoutes): Hono<RequestVariables> {
  const { engine, triggers, screens, sessions } = options;
  const signedIn = authenticated(sessions);

  /** Those that may, in their place; whoever may not gets the reason there. */
  async function answerAll(
    c: RequestContext,
    wishes: { named: Named; check: () => void }[],
    run: (allowed: number[]) => Promise<Triggered[]>,
  ): Promise<Response> {
    const results: Triggered[] = [];
    const allowed: number[] = [];
    for (const [n, { check }] of wishes.entries()) {
      try {
        check();
        allowed.push(n);
      } catch (error) {
        results[n] = { error };
      }
    }
    const ran = await run(allowed);
    for (const [n, place] of allowed.entries()) results[place] = ran[n] as Triggered;
    const ended = await Promise.all(
      results.map(async (result) =>
        'command' in result ? { command: await waitIfRoom(c, engine, result.command) } : result,
      ),
    );
    const views: TriggerResults = {
      results: ended.map((result, n) => resultView(wishes[n]?.named ?? {}, result)),
    };
    const isOver = (result: Triggered) => 'error' in result || isSettled(result.command.state);
    return c.json(views, ended.every(isOver) ? 200 : 202);
  }

  async function screensOf(c: RequestContext, ids: string[] | undefined, tag = '') {
    if (ids !== undefined) return [...new Set(ids)];
    const { identity } = c.var;
    const tagged = await screens.tagged(tag, MAX_TRIGGERS + 1);
    if (tagged.length > MAX_TRIGGERS) throw new RemoteDisplayError('TOO_MANY_SCREENS');
    const within = tagged.filter((screenId) => isAllowed(identity, 'trigger', screenId));
    if (within.length === 0) throw new RemoteDisplayError('SCREEN_NOT_FOUND');
    return within.sort();
  }

  return new Hono<RequestVariables>()
    .post('/trigger', signedIn, async (c) => {
      const { screenId, screenIds, tag, ...wish } = await body(c, triggerBodySchema);
      query(c, waitQuerySchema);
      const { identity } = c.var;
      const caller = callerOf(c);
      authorizeRole(identity, 'trigger');
      if (screenId !== undefined) {
        authorize(identity, 'trigger', screenId);
        const command = await triggers.trigger({ ...wish, screenId }, caller);
        const latest = await waitIfRoom(c, engine, command);
        return c.json(commandView(latest), isSettled(latest.state) ? 200 : 202);
      }
      const targets = await screensOf(c, screenIds, tag);
      const wishes = targets.map((target) => ({
        named: { id: wish.id, screenId: target },
        check: () => authorize(identity, 'trigger', target),
      }));
      return answerAll(c, wishes, (allowed) =>
        triggers.triggerEach(
          wish,
          allowed.map((n) => targets[n] as string),
          caller,
        ),
      );
    })
    .post('/triggers', signedIn, async (c) => {
      const { triggers: given } = await body(c, triggersSchema);
      query(c, waitQuerySchema);
      const { identity } = c.var;
      const caller = callerOf(c);
      authorizeRole(identity, 'trigger');
      const checked: Trigger[] = [];
      const wishes = given.map((raw, n) => ({
        named: namesOf(raw),
        check: () => {
          const trigger = parse(triggerSchema, raw);
          authorize(identity, 'trigger', trigger.screenId);
          checked[n] = trigger;
        },
      }));
      return answerAll(c, wishes, (allowed) =>
        triggers.triggerAll(
          allowed.map((n) => checked[n] as Trigger),
          caller,
        ),
      );
    });
}

// It is accepted, and that is the answer, even where there is no room to wait.
function waitIfRoom(c: RequestContext, engine: Engine, command: Command): Promise<Command> {
  return waitFor(c, engine, command).catch((error: unknown) => {
    if (RemoteDisplayError.wrap(error).code === 'OVERLOADED') return command;
    throw error;
  });
}

function callerOf(c: RequestContext): Caller {
  const { identity, requestId } = c.var;
  const key = c.req.header('idempotency-key');
  // A trace that the caller began goes on; one that is malformed is left out, never an error.
  const trace = traceSchema.safeParse({ requestId, traceparent: c.req.header('traceparent') });
  return {
    subject: identity.subject,
    trace: trace.success ? trace.data : { requestId },
    idempotencyKey: key === undefined ? undefined : parse(idempotencyKeySchema, key),
  };
}

// What the caller called it, where that can be told, so that the result can be matched.
function namesOf(raw: unknown): Named {
  const named = triggerSchema.pick({ id: true, screenId: true }).partial();
  const { id, screenId } = typeof raw === 'object' && raw !== null ? (raw as Named) : {};
  const known = named.safeParse({ id, screenId });
  return known.success ? known.data : {};
}
