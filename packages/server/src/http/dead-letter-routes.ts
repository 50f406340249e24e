import { type DeadLetterPage, type Redriven, RemoteDisplayError } from '@remote-display/protocol';
import {
  deadLetterFilterSchema,
  deadLetterQuerySchema,
  idSchema,
} from '@remote-display/protocol/schemas';
import { Hono } from 'hono';
import { type Action, authorizeRole, isAllowed } from '../access/permissions.ts';
import type { Sessions } from '../access/sessions.ts';
import { commandView, deadLetterView, resultView } from '../command-view.ts';
import type { DeadLetters } from '../engine/dead-letters.ts';
import type { DeadLetter } from '../store/store.ts';
import {
  authenticated,
  body,
  query,
  type RequestContext,
  type RequestVariables,
} from './context.ts';

export interface DeadLetterRoutes {
  deadLetters: DeadLetters;
  sessions: Sessions;
}

/** What ended in failure: seen, tried again, forgotten; each only for the screens within reach. */
export function deadLetterRoutes({
  deadLetters,
  sessions,
}: DeadLetterRoutes): Hono<RequestVariables> {
  const signedIn = authenticated(sessions);

  const reach = (c: RequestContext, action: Action) => {
    authorizeRole(c.var.identity, action);
    return (screenId: string) => isAllowed(c.var.identity, action, screenId);
  };

  async function letterFor(c: RequestContext, action: Action): Promise<DeadLetter> {
    const reaches = reach(c, action);
    const id = idSchema.safeParse(c.req.param('id'));
    const letter = id.success ? await deadLetters.get(id.data) : undefined;
    // One of a screen out of reach is, to the caller, none at all.
    if (letter === undefined || !reaches(letter.command.screenId))
      throw new RemoteDisplayError('DEAD_LETTER_NOT_FOUND');
    return letter;
  }

  return new Hono<RequestVariables>()
    .get('/dead-letters', signedIn, async (c) => {
      const reaches = reach(c, 'view');
      const { after, limit = 100, ...filter } = query(c, deadLetterQuerySchema);
      const { letters, next } = await deadLetters.list(filter, { after, limit });
      const visible = letters.filter(({ command }) => reaches(command.screenId));
      const page: DeadLetterPage = { deadLetters: visible.map(deadLetterView) };
      return c.json(next === undefined ? page : { ...page, next });
    })
    .get('/dead-letters/:id', signedIn, async (c) =>
      c.json(deadLetterView(await letterFor(c, 'view'))),
    )
    .post('/dead-letters/redrive', signedIn, async (c) => {
      const reaches = reach(c, 'control');
      const { limit, ...filter } = await body(c, deadLetterFilterSchema);
      const by = { subject: c.var.identity.subject, requestId: c.var.requestId };
      const { results, more } = await deadLetters.redriveAll(filter, limit, reaches, by);
      const views = results.map((result) => resultView({ id: result.id }, result));
      return c.json({ results: views, more } satisfies Redriven, 202);
    })
    .post('/dead-letters/discard', signedIn, async (c) => {
      const reaches = reach(c, 'control');
      const { limit, ...filter } = await body(c, deadLetterFilterSchema);
      return c.json(await deadLetters.discardAll(filter, limit, reaches));
    })
    .post('/dead-letters/:id/redrive', signedIn, async (c) => {
      const letter = await letterFor(c, 'control');
      const { identity, requestId } = c.var;
      return c.json(
        commandView(await deadLetters.redrive(letter, identity.subject, requestId)),
        202,
      );
    })
    .post('/dead-letters/:id/discard', signedIn, async (c) => {
      const { command } = await letterFor(c, 'control');
      await deadLetters.discard(command.id);
      return c.json({ discarded: 1, more: false });
    });
}
