import { Hono } from 'hono';
import type { RemoteDisplay } from '../remote-display.ts';

/**
 * Mounts remote-display in a Hono app.
 *
 * @example
 * ```ts
 * const app = new Hono().route('/', remoteDisplay(display));
 * display.attach(serve({ fetch: app.fetch, port: 3000 }));
 * ```
 */
export function remoteDisplay(display: Pick<RemoteDisplay, 'fetch' | 'basePath'>): Hono {
  return new Hono().all(`${display.basePath}/*`, (c) => display.fetch(c.req.raw));
}
