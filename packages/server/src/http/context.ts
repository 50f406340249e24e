import { RemoteDisplayError } from '@remote-display/protocol';
import type { Context, MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import type { Identity } from '../access/identity.ts';
import type { Sessions } from '../access/sessions.ts';
import { parse } from '../validation.ts';

/** What a request carries through the router. */
export interface RequestVariables {
  Variables: { requestId: string; identity: Identity };
}

export type RequestContext = Context<RequestVariables>;

/** Lets a request pass whose bearer token is good, as the identity that it speaks for. */
export function authenticated(sessions: Sessions): MiddlewareHandler<RequestVariables> {
  return async (c, next) => {
    const [scheme, token] = (c.req.header('authorization') ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !token)
      throw new RemoteDisplayError('UNAUTHENTICATED');
    c.set('identity', await sessions.authenticate(token));
    await next();
  };
}

/** The JSON body, as the schema makes of it. */
export async function body<S extends z.ZodType>(
  c: RequestContext,
  schema: S,
): Promise<z.output<S>> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new RemoteDisplayError('UNSUPPORTED_MEDIA_TYPE');
  const text = await c.req.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RemoteDisplayError('INVALID_REQUEST', { detail: 'the body is not JSON' });
  }
  return parse(schema, json);
}

/** The query, as the schema makes of it. A parameter given twice is refused, not guessed at. */
export function query<S extends z.ZodType>(c: RequestContext, schema: S): z.output<S> {
  const single = Object.entries(c.req.queries()).map(([name, values]) => {
    if (values.length > 1) {
      throw new RemoteDisplayError('INVALID_REQUEST', { detail: 'a query parameter is repeated' });
    }
    return [name, values[0]] as const;
  });
  return parse(schema, Object.fromEntries(single));
}
