import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenPair } from '@remote-display/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from './start.ts';

let directory: string;
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'f06-'));
  server = await startServer({
    secret: 'made for this test alone, 0123456789',
    port: 0,
    screenId: 'station-1',
    storePath: join(directory, 'store.db'),
    databaseUrl: undefined,
    ordersDirectory: undefined,
  });
}, 60_000);

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

/** fetch() sets Host itself; a page on another name that points here would not. */
function login(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${server.url}/scanner/session`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

it('logs in its own page, and no page of another origin or under another name', async () => {
  const { host } = new URL(server.url);
  expect(await login({ host, origin: server.url })).toBe(200);
  expect(await login({ host })).toBe(403);
  expect(await login({ host, origin: 'http://elsewhere.example' })).toBe(403);
  const name = `elsewhere.example:${new URL(server.url).port}`;
  expect(await login({ host: name, origin: `http://${name}` })).toBe(403);
});

async function becomeScreen(screenId: string): Promise<void> {
  const { token } = await server.display.pair({ screenId });
  const paired = await fetch(`${server.url}/api/pair`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ screenId, token }),
  });
  expect(paired.status).toBe(200);
}

it('gives the page only its own screen, and says which order it does not know', async () => {
  const session = await fetch(`${server.url}/scanner/session`, {
    method: 'POST',
    headers: { origin: server.url },
  });
  const { tokens } = (await session.json()) as { tokens: TokenPair };
  for (const screenId of ['station-1', 'station-2']) await becomeScreen(screenId);
  const trigger = async (id: string, orderId: string, screenId: string) => {
    const response = await fetch(`${server.url}/api/trigger`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.accessToken}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ id, orderId, screenId, timestamp: Date.now() }),
    });
    return ((await response.json()) as { code?: string }).code;
  };
  expect(await trigger('one', 'PO-2026-1001', 'station-2')).toBe('SCREEN_NOT_FOUND');
  expect(await trigger('two', 'PO-2026-9999', 'station-1')).toBe('ORDER_NOT_FOUND');
  expect(await trigger('three', 'PO-2026-1001', 'station-1')).toBeUndefined();
});

it('serves the scanner page with its script, under a policy that allows nothing else', async () => {
  const page = await fetch(`${server.url}/scanner`);
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(await page.text()).toContain('/scanner/app.js');
  expect((await fetch(`${server.url}/scanner/app.js`)).status).toBe(200);
  expect(await (await fetch(`${server.url}/scanner/style.css`)).text()).toContain('Nanum Gothic');
});
