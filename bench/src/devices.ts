import { RemoteDisplayClient, TokenManager } from '@remote-display/client';
import type { Paired } from '@remote-display/protocol';
import { io } from 'socket.io-client';
import { DEVICES, type Mode, type ServerReady, screenOf } from './modes.ts';

// All devices in one process; each says at once that it has shown.
process.once('message', async ({ mode, port, codes }: ServerReady & { mode: Mode }) => {
  const serverUrl = `http://127.0.0.1:${port}`;
  const connect = mode === 'bare' ? connectBare : connectOurs;
  for (let device = 0; device < DEVICES; device++)
    await connect(serverUrl, device, codes[device] ?? '');
  // Asked to watch, it tells when all have lost the server and found it again.
  process.on('message', async () =>
    process.send?.({ onlineAt: await Promise.all(clients.map(back)) }),
  );
  process.send?.({ connected: DEVICES });
});
process.on('disconnect', () => process.exit());

const clients: RemoteDisplayClient[] = [];

function back(client: RemoteDisplayClient): Promise<number> {
  return new Promise((resolve) => {
    let lost = false;
    const onState = ({ status }: { status: string }) => {
      lost ||= status !== 'online';
      if (!lost || status !== 'online') return;
      client.off('state', onState);
      resolve(performance.timeOrigin + performance.now());
    };
    client.on('state', onState);
    onState(client.state);
  });
}

async function connectBare(serverUrl: string, device: number): Promise<void> {
  const socket = io(serverUrl, {
    transports: ['websocket'],
    auth: { screenId: screenOf(device) },
    forceNew: true,
  });
  socket.on('navigate', (_, acknowledge: (answer: object) => void) =>
    acknowledge({ state: 'shown' }),
  );
  await new Promise<void>((resolve) => socket.once('connect', resolve));
}

async function connectOurs(serverUrl: string, device: number, token: string): Promise<void> {
  const answer = await fetch(`${serverUrl}/api/pair`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ screenId: screenOf(device), token }),
  });
  const { tokens: pair } = (await answer.json()) as Paired;
  const tokens = new TokenManager({ serverUrl, tokens: pair });
  const client = new RemoteDisplayClient({
    serverUrl,
    tokens,
    handlers: { navigate: async () => {} },
    transports: ['websocket'],
  });
  clients.push(client);
  await client.connect();
}
