import type { PairingView } from '@remote-display/protocol';
import { createPairingSchema, pairSchema, refreshSchema } from '@remote-display/protocol/schemas';
import { Hono } from 'hono';
import type { Pairings } from '../access/pairings.ts';
import { authorize } from '../access/permissions.ts';
import type { Sessions } from '../access/sessions.ts';
import { authenticated, body, query, type RequestVariables } from './context.ts';
import { pairPage } from './pair-page.ts';

export interface AccessRoutes {
  sessions: Sessions;
  pairings: Pairings;
  extensionIds: readonly string[];
  /** The link that a station opens, for a server that is reached at `origin`. */
  pairLink: (origin: string, screenId: string, token: string) => string;
}

/** Pairing and the renewal of tokens. */
export function accessRoutes(options: AccessRoutes): Hono<RequestVariables> {
  const { sessions, pairings, extensionIds, pairLink } = options;
  return new Hono<RequestVariables>()
    .post('/pairings', authenticated(sessions), async (c) => {
      const { screenId, name, tags } = await body(c, createPairingSchema);
      authorize(c.var.identity, 'pair', screenId);
      const { token, expiresAt } = await pairings.create(screenId, name, tags);
      const url = pairLink(new URL(c.req.url).origin, screenId, token);
      return c.json({ screenId, token, url, expiresAt } satisfies PairingView, 201);
    })
    .get('/pair', (c) => pairPage(query(c, pairSchema), extensionIds))
    .post('/pair', async (c) => c.json(await pairings.redeem(await body(c, pairSchema))))
    .post('/auth/refresh', async (c) => {
      const { refreshToken } = await body(c, refreshSchema);
      return c.json(await sessions.renew(refreshToken));
    });
}
