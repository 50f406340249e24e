import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createRemoteDisplay, sqliteStore } from '@remote-display/server';
import { SECRET } from './server.ts';

// A server that a test can kill: it says by message when it listens, and dies without a word.
const [port, path] = process.argv.slice(2);
const display = createRemoteDisplay({
  secret: SECRET,
  store: sqliteStore({ path: path ?? '' }),
  resolveOrder: (orderId) => ({ url: `https://docs.example.com/${orderId}` }),
});
const http = createServer(getRequestListener(display.fetch));
display.attach(http);
await display.ready();
http.listen(Number(port), '127.0.0.1', async () => {
  const admin = await display.sessions.create({ subject: 'admin', role: 'admin', screens: '*' });
  process.send?.({ admin });
});
// What a test left behind ends with the test.
process.on('disconnect', () => process.exit());
