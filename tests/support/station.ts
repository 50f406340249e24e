import { type Handlers, RemoteDisplayClient, TokenManager } from '@remote-display/client';
import { onTestFinished } from 'vitest';
import type { TestServer } from './server.ts';

/** A connected device that goes with the test. */
export async function connectStation(
  server: TestServer,
  screenId: string,
  handlers: Handlers = { navigate: async () => {} },
): Promise<RemoteDisplayClient> {
  const { tokens: pair } = await server.pair(screenId);
  const tokens = new TokenManager({ serverUrl: server.url, tokens: pair });
  const client = new RemoteDisplayClient({ serverUrl: server.url, tokens, handlers });
  onTestFinished(async () => {
    tokens.stop();
    await client.close();
  });
  await client.connect();
  return client;
}
