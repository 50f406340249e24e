import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createRemoteDisplay, memoryStore, sqliteStore } from '@remote-display/server';
import { DEVICES, screenOf } from '../modes.ts';

/** Ours, as an integrator would run it. `path`: the SQLite file; without it, memory. */
export async function ourServer(path: string | undefined) {
  const display = createRemoteDisplay({
    secret: 'only for measuring, 0123456789 abcdefghij',
    store: path === undefined ? memoryStore() : sqliteStore({ path }),
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
