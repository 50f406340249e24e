import { isSettled, RemoteDisplayError } from '@remote-display/protocol';
import { idSchema, waitQuerySchema } from '@remote-display/protocol/schemas';
import { Hono } from 'hono';
import { type Action, authorize, authorizeRole } from '../access/permissions.ts';
import type { Sessions } from '../access/sessions.ts';
import { commandView } from '../command-view.ts';
import type { Command } from '../engine/command.ts';
import type { Engine } from '../engine/engine.ts';
import { authenticated, query, type RequestContext, type RequestVariables } from './context.ts';

export interface CommandRoutes {
  engine: Engine;
  sessions: Sessions;
}

const DEFAULT_WAIT_MS = 10_000;

/** What became of a command, and calling it off. */
export function commandRoutes({ engine, sessions }: CommandRoutes): Hono<RequestVariables> {
  const signedIn = authenticated(sessions);

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
    .get('/commands/:id', signedIn, async (c) => {
      const command = await findFor(c, 'view');
      const latest = await waitFor(c, engine, command);
      const { wait } = query(c, waitQuerySchema);
      return c.json(commandView(latest), wait && !isSettled(latest.state) ? 202 : 200);
    })
    .post('/commands/:id/cancel', signedIn, async (c) => {
      const command = await findFor(c, 'control');
      return c.json(commandView(await engine.cancel(command.id, c.var.identity.subject)));
    });
}

/** Waits for the end if the request asks for it. */
export function waitFor(c: RequestContext, engine: Engine, command: Command): Promise<Command> {
  const { wait, timeout = DEFAULT_WAIT_MS } = query(c, waitQuerySchema);
  return wait ? engine.wait(command, timeout, c.req.raw.signal) : Promise.resolve(command);
}
