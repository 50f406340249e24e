import { isSettled, RemoteDisplayError, type TraceContext } from '@remote-display/protocol';
import {
  idSchema,
  traceSchema,
  triggerSchema,
  waitQuerySchema,
} from '@remote-display/protocol/schemas';
import { Hono } from 'hono';
import { type Action, authorize, authorizeRole } from '../access/permissions.ts';
import type { Sessions } from '../access/sessions.ts';
import { commandView } from '../command-view.ts';
import type { Command } from '../engine/command.ts';
import type { Engine } from '../engine/engine.ts';
import type { Triggers } from '../trigger/triggers.ts';
import {
  authenticated,
  body,
  query,
  type RequestContext,
  type RequestVariables,
} from './context.ts';

export interface CommandRoutes {
  engine: Engine;
  triggers: Triggers;
  sessions: Sessions;
}

const DEFAULT_WAIT_MS = 10_000;

/** Triggers, and what became of them. */
export function commandRoutes({
  engine,
  triggers,
  sessions,
}: CommandRoutes): Hono<RequestVariables> {
  const signedIn = authenticated(sessions);

  async function answer(c: RequestContext, command: Command): Promise<Response> {
    const { wait, timeout } = query(c, waitQuerySchema);
    const latest = wait
      ? await engine.wait(command, timeout ?? DEFAULT_WAIT_MS, c.req.raw.signal)
      : command;
    return c.json(commandView(latest), isSettled(latest.state) ? 200 : 202);
  }

  async function findFor(c: RequestContext, action: Action): Promise<Command> {
    const { identity } = c.var;
    authorizeRole(identity, action);
    const id = idSchema.safeParse(c.req.param('id'));
    const command = id.success ? await engine.find(id.data) : undefined;
    if (command === undefined) throw new RemoteDisplayError('COMMAND_NOT_FOUND');
    try {
      authorize(identity, action, command.screenId);
    } catch {
      // A command of a screen out of reach is, to the caller, no command at all.
      throw new RemoteDisplayError('COMMAND_NOT_FOUND');
    }
    return command;
  }

  return new Hono<RequestVariables>()
    .post('/trigger', signedIn, async (c) => {
      const trigger = await body(c, triggerSchema);
      query(c, waitQuerySchema);
      const { identity, requestId } = c.var;
      authorize(identity, 'trigger', trigger.screenId);
      return answer(c, await triggers.trigger(trigger, identity.subject, traceOf(c, requestId)));
    })
    .get('/commands/:id', signedIn, async (c) => {
      const command = await findFor(c, 'view');
      const { wait } = query(c, waitQuerySchema);
      return wait ? answer(c, command) : c.json(commandView(command));
    })
    .post('/commands/:id/cancel', signedIn, async (c) => {
      const command = await findFor(c, 'control');
      return c.json(commandView(await engine.cancel(command.id, c.var.identity.subject)));
    });
}

// A trace that the caller began goes on; one that is malformed is left out, never an error.
function traceOf(c: RequestContext, requestId: string): TraceContext {
  const trace = traceSchema.safeParse({ requestId, traceparent: c.req.header('traceparent') });
  return trace.success ? trace.data : { requestId };
}
