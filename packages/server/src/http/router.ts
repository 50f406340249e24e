import { RemoteDisplayError } from '@remote-display/protocol';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from '../logger.ts';
import { newRequestId } from '../request-id.ts';
import { type AccessRoutes, accessRoutes } from './access-routes.ts';
import { type CommandRoutes, commandRoutes } from './command-routes.ts';
import type { RequestContext, RequestVariables } from './context.ts';
import { type DeadLetterRoutes, deadLetterRoutes } from './dead-letter-routes.ts';
import { type HealthRoutes, healthRoutes } from './health-routes.ts';
import { problem } from './problems.ts';
import { type ScreenRoutes, screenRoutes } from './screen-routes.ts';
import { type TriggerRoutes, triggerRoutes } from './trigger-routes.ts';

export type RouterOptions = TriggerRoutes &
  CommandRoutes &
  DeadLetterRoutes &
  ScreenRoutes &
  AccessRoutes &
  HealthRoutes & { basePath: string; logger: Logger };

const MAX_BODY_BYTES = 65_536;
// A thousand triggers with the longest order ids that there may be.
const MAX_BATCH_BYTES = 1_048_576;

/** The one router: every mount hands it a `Request` and gives back its `Response`. */
export function createRouter(options: RouterOptions): (request: Request) => Promise<Response> {
  const { basePath, logger, ready } = options;
  const app = new Hono<RequestVariables>().basePath(basePath);

  app.use(async (c, next) => {
    c.set('requestId', newRequestId());
    await next();
    c.header('x-request-id', c.get('requestId'));
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
  });
  const limitFor = (path: string) =>
    path === `${basePath}/triggers` ? MAX_BATCH_BYTES : MAX_BODY_BYTES;
  const tooLarge = (c: Pick<RequestContext, 'req'>) => {
    const detail = `at most ${limitFor(c.req.path)} bytes`;
    throw new RemoteDisplayError('PAYLOAD_TOO_LARGE', { detail });
  };
  const limited = new Map(
    [MAX_BODY_BYTES, MAX_BATCH_BYTES].map((maxSize) => [
      maxSize,
      bodyLimit({ maxSize, onError: tooLarge }),
    ]),
  );
  app.use(async (c, next) => {
    const length = c.req.header('content-length');
    const max = limitFor(c.req.path);
    // Told beforehand, as it nearly always is, it need not be counted: Node holds the body to it.
    if (length === undefined) return limited.get(max)?.(c, next);
    if (!(Number(length) <= max)) tooLarge(c);
    await next();
  });
  app.route('/', healthRoutes(options));
  app.use(async (_, next) => {
    await ready();
    await next();
  });
  app.route('/', triggerRoutes(options));
  app.route('/', commandRoutes(options));
  app.route('/', deadLetterRoutes(options));
  app.route('/', screenRoutes(options));
  app.route('/', accessRoutes(options));

  app.onError((error, c) => problem(error, c, logger));
  app.notFound((c) => {
    const allowed = methodsAt(app, c.req.path);
    if (allowed.length === 0) return problem(new RemoteDisplayError('NOT_FOUND'), c, logger);
    const answer = problem(new RemoteDisplayError('METHOD_NOT_ALLOWED'), c, logger);
    answer.headers.set('allow', allowed.join(', '));
    return answer;
  });
  return async (request) => app.fetch(request);
}

// The methods of the routes whose path fits, parameters being one segment each.
function methodsAt(app: Hono<RequestVariables>, path: string): string[] {
  const segments = path.split('/');
  const fits = (route: string) => {
    const parts = route.split('/');
    return (
      parts.length === segments.length &&
      parts.every((part, index) => part.startsWith(':') || part === segments[index])
    );
  };
  const methods = app.routes.filter((r) => r.method !== 'ALL' && fits(r.path)).map((r) => r.method);
  return [...new Set(methods)];
}
