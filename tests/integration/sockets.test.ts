import type { CommandEnvelope, ErrorBody, ResumeAnswer } from '@remote-display/protocol';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

// The wire itself, without our client: what a stranger's client would meet.
let server: TestServer;
let sockets: Socket[];
beforeEach(async () => {
  server = await startServer();
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.close();
  await server.close();
});

function connect(namespace: string, auth: object, transports = ['websocket']): Socket {
  const socket = io(`${server.url}${namespace}`, {
    path: '/api/socket.io',
    transports,
    auth,
    forceNew: true,
    reconnection: false,
  });
  sockets.push(socket);
  return socket;
}

const event = <T>(socket: Socket, name: string) =>
  new Promise<T>((resolve) => socket.once(name, (details: T) => resolve(details)));

async function device(screenId: string, transports?: string[]): Promise<Socket> {
  const { tokens } = await server.pair(screenId);
  const socket = connect('/device', { token: tokens.accessToken, protocol: 1 }, transports);
  await event(socket, 'connect');
  return socket;
}

async function refusal(namespace: string, auth: object): Promise<ErrorBody> {
  const error = await event<Error & { data: ErrorBody }>(connect(namespace, auth), 'connect_error');
  return error.data;
}

describe('the handshake', () => {
  it('refuses with a code who has no token, a bad one, or the wrong role', async () => {
    const { tokens } = await server.pair('station-1');
    const admin = server.admin.accessToken;
    expect(await refusal('/device', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await refusal('/device', { token: 'x', protocol: 1 })).toMatchObject({
      code: 'TOKEN_INVALID',
    });
    expect(await refusal('/device', { token: admin, protocol: 1 })).toMatchObject({
      code: 'FORBIDDEN',
    });
    const swapped = { token: tokens.accessToken, protocol: 1 };
    expect(await refusal('/operator', swapped)).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('refuses another version and says which', async () => {
    const refused = await refusal('/device', { token: server.admin.accessToken, protocol: 2 });
    expect(refused).toMatchObject({
      code: 'PROTOCOL_VERSION_MISMATCH',
      detail: 'the server speaks 1, the client 2',
      action: { ko: expect.any(String) },
    });
  });
});

describe('a device', () => {
  it.each([['websocket'], ['polling']])(
    'gets its commands over %s, after it has resumed',
    async (transport) => {
      const socket = await device('station-1', [transport]);
      await server.trigger({ id: 'wish-1' });
      const commands = event<CommandEnvelope[]>(socket, 'commands');
      const resumed: ResumeAnswer = await socket.emitWithAck('resume', {});
      expect(resumed).toMatchObject({ settled: [], serverTime: expect.any(Number) });
      const [envelope] = await commands;
      expect(envelope).toMatchObject({ type: 'navigate', attempt: 1, screenId: 'station-1' });
      const waiting = server.trigger({ id: 'wish-1' }, '?wait=shown');
      const shown = { id: envelope?.id, attempt: 1, state: 'shown' };
      expect(await socket.emitWithAck('report', { outcomes: [shown] })).toEqual({
        settled: [envelope?.id],
      });
      expect(await (await waiting).json()).toMatchObject({ state: 'shown' });
    },
  );

  it('is told what is wrong with its words, and goes on', async () => {
    const socket = await device('station-1');
    expect(
      await socket.emitWithAck('report', { receipts: [{ id: 'x', attempt: 0 }] }),
    ).toMatchObject({
      error: { code: 'INVALID_REQUEST', detail: expect.stringContaining('receipts.0.attempt') },
    });
    expect(await socket.emitWithAck('report', {})).toMatchObject({
      error: { code: 'SCREEN_TAKEN_OVER' },
    });
    expect(await socket.emitWithAck('resume', { color: 'red' })).toMatchObject({
      error: { detail: expect.stringContaining('color') },
    });
    expect(await socket.emitWithAck('resume', {})).toMatchObject({ settled: [] });
  });

  it('is sent away when it does not want an answer', async () => {
    const socket = await device('station-1');
    const farewell = event(socket, 'farewell');
    socket.emit('resume', {});
    expect(await farewell).toEqual({ code: 'INVALID_REQUEST' });
  });

  it('gives way to a newer one of its screen, which has the work', async () => {
    const older = await device('station-1');
    await older.emitWithAck('resume', {});
    const farewell = event(older, 'farewell');
    const gone = event(older, 'disconnect');
    const newer = await device('station-1');
    expect(await farewell).toEqual({ code: 'SCREEN_TAKEN_OVER' });
    await gone;
    await newer.emitWithAck('resume', {});
    const commands = event<CommandEnvelope[]>(newer, 'commands');
    await server.trigger({});
    expect(await commands).toHaveLength(1);
  });

  it('is cut off when its session is revoked', async () => {
    const { tokens } = await server.pair('station-1');
    const socket = connect('/device', { token: tokens.accessToken, protocol: 1 });
    await event(socket, 'connect');
    const farewell = event(socket, 'farewell');
    const sessionId = tokens.refreshToken.split('.')[0] ?? '';
    await server.display.sessions.revoke(sessionId);
    expect(await farewell).toEqual({ code: 'SESSION_REVOKED' });
    const again = await refusal('/device', { token: tokens.accessToken, protocol: 1 });
    expect(again.code).toBe('SESSION_REVOKED');
  });

  it('tells its displays, and the screen is seen with them', async () => {
    const socket = await device('station-1');
    const bounds = { left: 0, top: 0, width: 1920, height: 1080 };
    const displays = [{ index: 0, primary: true, bounds }];
    await socket.emitWithAck('resume', { displays });
    const view = await server.request('/api/screens/station-1');
    expect(await view.json()).toMatchObject({ online: true, displays });
    const offline = new Promise<void>((resolve) =>
      server.display.events.on('screen.offline', () => resolve()),
    );
    socket.close();
    await offline;
    expect(await (await server.request('/api/screens/station-1')).json()).toMatchObject({
      online: false,
    });
  });
});

describe('tokens on a live socket', () => {
  it('end the connection when they expire, unless they are renewed', async () => {
    await server.close();
    server = await startServer({ tokens: { accessTtlMs: 2_000, refreshTtlMs: 60_000 } });
    const renewing = await server.pair('station-1');
    const socket = await device('station-2');
    const kept = connect('/device', { token: renewing.tokens.accessToken, protocol: 1 });
    await event(kept, 'connect');
    const farewell = event(socket, 'farewell');
    const renew = async () => {
      const answer = await server.request('/api/auth/refresh', {
        body: { refreshToken: renewing.tokens.refreshToken },
        token: null,
      });
      const { accessToken: token } = (await answer.json()) as { accessToken: string };
      return kept.emitWithAck('renew', { token });
    };
    const renewals = setInterval(() => void renew(), 500);
    expect(await farewell).toEqual({ code: 'TOKEN_EXPIRED' });
    clearInterval(renewals);
    expect(kept.connected).toBe(true);
    const foreign = await server.pair('station-3');
    expect(await kept.emitWithAck('renew', { token: foreign.tokens.accessToken })).toMatchObject({
      error: { code: 'FORBIDDEN' },
    });
  });
});

describe('an operator', () => {
  it('triggers with an acknowledgement and watches what becomes of it', async () => {
    const station = await device('station-1');
    await station.emitWithAck('resume', {});
    const socket = connect('/operator', { token: server.admin.accessToken, protocol: 1 });
    await event(socket, 'connect');
    const states: string[] = [];
    const shown = new Promise<void>((resolve) =>
      socket.on('command', ({ state }: { state: string }) => {
        states.push(state);
        if (state === 'shown') resolve();
      }),
    );
    expect(await socket.emitWithAck('watch', { screenId: 'station-1' })).toMatchObject({
      screen: { screenId: 'station-1', online: true },
    });
    const dispatched = event<CommandEnvelope[]>(station, 'commands');
    const wish = { id: 'w', orderId: 'PO-1', screenId: 'station-1', timestamp: Date.now() };
    const command = await socket.emitWithAck('trigger', wish);
    expect(command).toMatchObject({ orderId: 'PO-1', commandId: expect.any(String) });
    const [envelope] = await dispatched;
    await station.emitWithAck('report', {
      outcomes: [{ id: envelope?.id, attempt: 1, state: 'shown' }],
    });
    await shown;
    expect(states).toEqual(['queued', 'dispatched', 'received', 'shown']);
    expect(await socket.emitWithAck('watch', { commandId: envelope?.id })).toMatchObject({
      command: { state: 'shown' },
    });
    expect(await socket.emitWithAck('watch', { screenId: 'nobody' })).toMatchObject({
      error: { code: 'SCREEN_NOT_FOUND' },
    });
  });
});

describe('close', () => {
  it('refuses new triggers, tells everyone to come back, and ends', async () => {
    const socket = await device('station-1');
    await socket.emitWithAck('resume', {});
    const farewell = event(socket, 'farewell');
    const gone = event(socket, 'disconnect');
    const closing = server.display.close();
    expect((await server.trigger({})).status).toBe(503);
    expect(await farewell).toEqual({ code: 'SERVER_DRAINING' });
    await gone;
    await closing;
  });
});
