import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import {
  createRemoteDisplay,
  exponentialBackoff,
  type RemoteDisplayOptions,
  type SqliteStoreOptions,
  sqliteStore,
} from '@remote-display/server';
import { type RedisStoreOptions, redisStore } from '../../packages/server/src/store/redis-store.ts';
import { SECRET } from './server.ts';

/** What a server in a process of its own is made from: all that can be written as JSON. */
export interface ServerMainOptions {
  store: ({ kind: 'sqlite' } & SqliteStoreOptions) | ({ kind: 'redis' } & RedisStoreOptions);
  heartbeat?: RemoteDisplayOptions['heartbeat'];
  commands?: Omit<NonNullable<RemoteDisplayOptions['commands']>, 'retryPolicy'>;
  /** About how long every retry waits, in ms. Default: as the server would. */
  retryMs?: number;
}

// A server that a test can kill: it says by message when it listens, and dies without a word. It
// begins when it is told to, so that one can stand by.
const { port, store, heartbeat, commands, retryMs } = JSON.parse(
  process.argv[2] ?? '',
) as ServerMainOptions & { port: number };
const { kind, ...where } = store;
// What a test left behind ends with the test.
process.on('disconnect', () => process.exit());
await new Promise((resolve) => process.once('message', resolve));
const display = createRemoteDisplay({
  secret: SECRET,
  store: kind === 'sqlite' ? sqliteStore(where) : redisStore(where),
  resolveOrder: (orderId) => ({ url: `https://docs.example.com/${orderId}` }),
  ...(heartbeat ? { heartbeat } : {}),
  commands: {
    ...commands,
    ...(retryMs === undefined
      ? {}
      : { retryPolicy: exponentialBackoff(Math.random, { baseMs: retryMs, maxMs: retryMs }) }),
  },
});
const http = createServer(getRequestListener(display.fetch));
display.attach(http);
await display.ready();
http.listen(port, '127.0.0.1', async () => {
  process.send?.({ listeningAt: performance.timeOrigin + performance.now() });
  const admin = await display.sessions.create({ subject: 'admin', role: 'admin', screens: '*' });
  process.send?.({ admin });
});
