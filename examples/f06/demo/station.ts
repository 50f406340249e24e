import type { PairingView, ScreenView } from '@remote-display/protocol';
import type { BrowserContext } from 'playwright-core';
import type { ServerProcess } from './server-process.ts';
import { until } from './within.ts';

const REQUEST_MS = 10_000;

async function api<T>(server: ServerProcess, path: string, body?: object): Promise<T> {
  const response = await fetch(`${server.url}/api${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${server.admin.accessToken}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  if (!response.ok)
    throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** Makes the extension in this browser the screen: as an admin makes a code, as the station opens its link. */
export async function pairStation(server: ServerProcess, context: BrowserContext): Promise<void> {
  const { screenId } = server;
  const pairing = await api<PairingView>(server, '/pairings', { screenId, name: 'Station 1' });
  const page = await context.newPage();
  try {
    await page.goto(pairing.url, { timeout: REQUEST_MS });
    const body = page.locator('body:not([data-state=working])');
    await body.waitFor({ timeout: 20_000 });
    const state = await body.getAttribute('data-state');
    if (state !== 'paired') {
      throw new Error(`The pairing page says: ${await page.locator('#status').textContent()}`);
    }
  } finally {
    await page.close();
  }
}

/** Waits until the screen is connected and has told its displays. */
export function screenOnline(server: ServerProcess): Promise<ScreenView> {
  return until(20_000, 'The station did not connect', async () => {
    const screen = await api<ScreenView>(server, `/screens/${server.screenId}`);
    return screen.online && screen.displays.length > 0 ? screen : undefined;
  });
}
