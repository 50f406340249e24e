import type { AddressInfo } from 'node:net';
import type { Mode, Places, ServerReady } from './modes.ts';
import { bareServer } from './servers/bare.ts';
import { ourServer } from './servers/ours.ts';

/** What a server is to be; the port is free unless it is said. */
type Task = Places & { mode: Mode; port?: number };

// The process whose CPU is counted.
process.once('message', async ({ mode, port: wanted = 0, ...places }: Task) => {
  const made = mode === 'bare' ? await bareServer() : await ourServer(mode, places);
  const { http, token, codes } = made;
  http.listen(wanted, '127.0.0.1', () => {
    const listeningAt = performance.timeOrigin + performance.now();
    const { port } = http.address() as AddressInfo;
    process.send?.({ port, listeningAt, token, codes } satisfies ServerReady);
  });
});
process.on('disconnect', () => process.exit());
