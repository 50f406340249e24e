import { getConnInfo } from '@hono/node-server/conninfo';
import type { RemoteDisplay } from '@remote-display/server';
import { type Context, Hono } from 'hono';
import type { ScannerPage } from '../build/scanner-page.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self' ws:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a request comes from a page of this server, opened on this very machine. The name is
 * looked at too: another site could let its own name point here.
 */
function isFromThisMachine(c: Context): boolean {
  const address = getConnInfo(c).remote.address ?? '';
  const { hostname, origin } = new URL(c.req.url);
  const isLoopback = address === '::1' || /^(::ffff:)?127\./.test(address);
  return isLoopback && LOOPBACK_NAMES.has(hostname) && c.req.header('origin') === origin;
}

/**
 * The scanner page and its login. The login asks for nothing: it stands in for the one that your
 * plant has, and so it answers this machine alone.
 */
export function scannerRoutes(display: RemoteDisplay, page: ScannerPage, screenId: string): Hono {
  return new Hono()
    .get('/', (c) => c.redirect('/scanner'))
    .get('/scanner', (c) =>
      c.html(page.html, 200, { ...HEADERS, 'content-security-policy': POLICY }),
    )
    .get('/scanner/app.js', (c) =>
      c.body(page.script, 200, { ...HEADERS, 'content-type': 'text/javascript; charset=utf-8' }),
    )
    .get('/scanner/style.css', (c) =>
      c.body(page.style, 200, { ...HEADERS, 'content-type': 'text/css; charset=utf-8' }),
    )
    .get('/favicon.ico', (c) => c.body(null, 204))
    .post('/scanner/session', async (c) => {
      if (!isFromThisMachine(c)) return c.text('The demo login answers this machine alone.', 403);
      const tokens = await display.sessions.create({
        subject: 'demo-operator',
        role: 'operator',
        screens: [screenId],
      });
      return c.json({ screenId, tokens }, 200, HEADERS);
    });
}
