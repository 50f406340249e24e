import { createServer } from 'node:http';
import { Server } from 'socket.io';

/** What a user would write without us: a POST becomes an event, its acknowledgement the answer. */
export async function bareServer() {
  const devices = new Map<string, string>();
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', async () => {
      const trigger = JSON.parse(body);
      const socket = io.sockets.sockets.get(devices.get(trigger.screenId) ?? '');
      const answer = await socket?.timeout(10_000).emitWithAck('navigate', trigger);
      const text = JSON.stringify({ state: answer?.state });
      response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    });
  });
  const io = new Server(http, { perMessageDeflate: false, serveClient: false });
  io.on('connection', (socket) =>
    devices.set(String(socket.handshake.auth['screenId']), socket.id),
  );
  return { http, token: '', codes: [] as string[] };
}
