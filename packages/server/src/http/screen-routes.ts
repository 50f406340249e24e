import { RemoteDisplayError } from '@remote-display/protocol';
import { idSchema, updateScreenSchema } from '@remote-display/protocol/schemas';
import { Hono } from 'hono';
import { z } from 'zod';
import { authorize, authorizeRole, isAllowed } from '../access/permissions.ts';
import type { Sessions } from '../access/sessions.ts';
import type { Screens } from '../screens.ts';
import { authenticated, body, query, type RequestVariables } from './context.ts';

export interface ScreenRoutes {
  screens: Screens;
  sessions: Sessions;
}

const pageSchema = z.strictObject({
  /** The `next` of the page before. */
  after: idSchema.optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1 to 999')
    .transform(Number)
    .optional(),
});

/** The paired screens. */
export function screenRoutes({ screens, sessions }: ScreenRoutes): Hono<RequestVariables> {
  const signedIn = authenticated(sessions);
  return new Hono<RequestVariables>()
    .get('/screens', signedIn, async (c) => {
      const { identity } = c.var;
      authorizeRole(identity, 'view');
      const { after = '', limit = 100 } = query(c, pageSchema);
      const page = await screens.list(after, limit);
      const visible = page.filter(({ screenId }) => isAllowed(identity, 'view', screenId));
      const next = page.length === limit ? page.at(-1)?.screenId : undefined;
      return c.json({ screens: visible, ...(next === undefined ? {} : { next }) });
    })
    .get('/screens/:id', signedIn, async (c) => {
      const id = idSchema.safeParse(c.req.param('id'));
      if (!id.success) throw new RemoteDisplayError('SCREEN_NOT_FOUND');
      authorize(c.var.identity, 'view', id.data);
      return c.json(await screens.view(id.data));
    })
    .patch('/screens/:id', signedIn, async (c) => {
      const change = await body(c, updateScreenSchema);
      const id = idSchema.safeParse(c.req.param('id'));
      if (!id.success) throw new RemoteDisplayError('SCREEN_NOT_FOUND');
      authorize(c.var.identity, 'pair', id.data);
      return c.json(await screens.update(id.data, change));
    });
}
