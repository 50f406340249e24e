import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createRemoteDisplay, memoryStore, redisStore, sqliteStore } from '@remote-display/server';
import { DEVICES, type Places, screenOf } from '../modes.ts';

const STORES = {
  memory: () => memoryStore(),
  sqlite: ({ path }: Places) => sqliteStore({ path }),
  redis: ({ redisUrl }: Places) => redisStore({ url: redisUrl }),
};

/** Ours, as an integrator would run it. */
export async function ourServer(mode: keyof typeof STORES, places: Places) {
  const display = createRemoteDisplay({
    secret: 'only for measuring, 0123456789 abcdefghij',
    store: STORES[mode](places),
    resolveOrder: (orderId) => ({ url: `https://docs.example.com/${orderId}` }),
    tokens: { accessTtlMs: 86_400_000 },
  });
  const http = createServer(getRequestListener(display.fetch));
  display.attach(http);
  await display.ready();
  const { accessToken } = await display.sessions.create({
    subject: 'load',
    role: 'operator',
    screens: '*',
  });
  const codes: string[] = [];
  for (let device = 0; device < DEVICES; device++) {
    codes.push((await display.pair({ screenId: screenOf(device) })).token);
  }
  return { http, token: accessToken, codes };
}
