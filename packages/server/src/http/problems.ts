import { RemoteDisplayError } from '@remote-display/protocol';
import type { Logger } from '../logger.ts';
import type { RequestContext } from './context.ts';

/** Every error as `application/problem+json` (RFC 9457); what is not ours is logged and told as `INTERNAL`. */
export function problem(error: unknown, c: RequestContext, logger: Logger): Response {
  const known = RemoteDisplayError.wrap(error);
  const requestId = c.get('requestId');
  if (known.code === 'INTERNAL') logger.error({ err: error, requestId }, 'a request failed');
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (known.status === 401) headers['www-authenticate'] = 'Bearer';
  if (known.status === 503 || known.status === 429) headers['retry-after'] = '1';
  return c.body(JSON.stringify(known.toProblem()), known.status as 500, headers);
}
