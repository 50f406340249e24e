import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Paired, TokenPair } from '@remote-display/protocol';
import {
  createRemoteDisplay,
  memoryStore,
  type RemoteDisplay,
  type RemoteDisplayOptions,
} from '@remote-display/server';

export const SECRET = 'a secret for tests only, 0123456789 abcdef';

/** A server on a free port of this machine, as an integrator would run it. */
export interface TestServer {
  display: RemoteDisplay;
  url: string;
  /** Tokens of someone who may do everything. */
  admin: TokenPair;
  /** Makes a station the screen, as the extension does. */
  pair(screenId: string): Promise<Paired>;
  /** A request with a bearer token, the admin's by default, and a JSON body if there is one. */
  request(
    path: string,
    options?: { method?: string; body?: unknown; token?: string | null },
  ): Promise<Response>;
  trigger(wish: Partial<Wish>, query?: string): Promise<Response>;
  close(): Promise<void>;
}

interface Wish {
  id: string;
  orderId: string;
  screenId: string;
  displayIndex: number;
  timestamp: number;
  ttl: number;
}

export async function startServer(
  options: Partial<RemoteDisplayOptions> = {},
  port = 0,
): Promise<TestServer> {
  const display = createRemoteDisplay({
    secret: SECRET,
    store: memoryStore(),
    resolveOrder: (orderId) => ({ url: `https://docs.example.com/${encodeURIComponent(orderId)}` }),
    ...options,
  });
  const http = createServer(getRequestListener(display.fetch));
  display.attach(http);
  await display.ready();
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const admin = await display.sessions.create({ subject: 'admin', role: 'admin', screens: '*' });

  const request: TestServer['request'] = (path, { method, body, token = admin.accessToken } = {}) =>
    fetch(`${url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });

  return {
    display,
    url,
    admin,
    async pair(screenId) {
      const { token } = await display.pair({ screenId });
      const answer = await request('/api/pair', { body: { screenId, token }, token: null });
      if (!answer.ok) throw new Error(`pairing answered ${answer.status}`);
      return (await answer.json()) as Paired;
    },
    request,
    trigger: (wish, query = '') =>
      request(`/api/trigger${query}`, {
        body: {
          id: crypto.randomUUID(),
          orderId: 'PO-1',
          screenId: 'station-1',
          displayIndex: 1,
          timestamp: Date.now(),
          ...wish,
        },
      }),
    async close() {
      await display.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
