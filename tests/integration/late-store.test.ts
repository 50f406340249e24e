import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createRemoteDisplay, redisStore } from '@remote-display/server';
import { expect, it, onTestFinished } from 'vitest';
import { RedisProcess } from '../support/redis-process.ts';
import { SECRET } from '../support/server.ts';

it('a store that is away when the server starts is opened when it is there', async () => {
  const redis = await RedisProcess.start();
  onTestFinished(() => redis.stop());
  await redis.kill();
  const display = createRemoteDisplay({
    secret: SECRET,
    store: redisStore({ url: redis.url, timeoutMs: 300 }),
    resolveOrder: () => ({ url: 'https://docs.example.com/' }),
  });
  const http = createServer(getRequestListener(display.fetch)).listen(0, '127.0.0.1');
  onTestFinished(async () => {
    await display.close();
    http.closeAllConnections();
    http.close();
  });
  await expect(display.ready()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/api`;
  const refused = await fetch(`${url}/screens`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  await redis.restart();
  await expect
    .poll(async () => (await fetch(`${url}/health`)).status, { timeout: 5_000 })
    .toBe(200);
  await display.pair({ screenId: 'station-1' });
});
