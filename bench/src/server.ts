import type { AddressInfo } from 'node:net';
import type { Mode, Places, ServerReady } from './modes.ts';
import { bareServer } from './servers/bare.ts';
import { ourServer } from './servers/ours.ts';

// The process whose CPU is counted.
process.once('message', async ({ mode, ...places }: Places & { mode: Mode }) => {
  const made = mode === 'bare' ? await bareServer() : await ourServer(mode, places);
  const { http, token, codes } = made;
  http.listen(0, '127.0.0.1', () => {
    const { port } = http.address() as AddressInfo;
    process.send?.({ port, token, codes } satisfies ServerReady);
  });
});
process.on('disconnect', () => process.exit());
