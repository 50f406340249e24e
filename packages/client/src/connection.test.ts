import { type ErrorCode, RemoteDisplayError } from '@remote-display/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { Connection } from './connection.ts';
import { VirtualClock } from './testing/virtual-clock.ts';
import { TokenManager } from './token-manager.ts';

let clock: VirtualClock;
/** When a token was asked for, which every try begins with. */
let tries: number[];
let random: number;
let error: RemoteDisplayError;
let connection: Connection;

class NoTokens extends TokenManager {
  override async token(): Promise<string> {
    tries.push(clock.monotonic());
    throw error;
  }
}

beforeEach(() => {
  clock = new VirtualClock();
  tries = [];
  error = new RemoteDisplayError('CONNECTION_REFUSED');
  const serverUrl = 'http://display.example.com';
  connection = new Connection({
    serverUrl,
    namespace: '/device',
    tokens: new NoTokens({ serverUrl, clock }),
    clock,
    random: () => random,
  });
});

/** The server refuses the handshake. */
function refuse(code: ErrorCode): void {
  error = new RemoteDisplayError('CONNECTION_REFUSED');
  connection.open();
  const refusal = Object.assign(new Error(code), { data: { code } });
  for (const told of connection.socket.listeners('connect_error')) told(refusal);
}

const noop = () => {};
const waits = () => tries.slice(1).map((at, index) => at - (tries[index] ?? 0));

describe('the way back', () => {
  it.each([
    ['longest', 0, 100, [200, 400, 800, 1_000]],
    ['shortest', 1, 150, [100, 200, 400, 500]],
  ])('is tried from 100 ms to a second, for ever (random %s)', async (_, given, eager, growing) => {
    random = given;
    connection.open();
    await clock.advance(3_600_000);
    const first = Math.ceil(5_000 / eager);
    expect(new Set(waits().slice(0, first))).toEqual(new Set([eager]));
    expect(waits().slice(first, first + 4)).toEqual(growing);
    expect(new Set(waits().slice(first + 3))).toEqual(new Set([growing[3]]));
    expect(tries.length).toBeGreaterThan(3_600);
  });

  it('grows at once where a server is there and says no', async () => {
    random = 0;
    refuse('SERVER_DRAINING');
    error = new RemoteDisplayError('SERVER_DRAINING');
    await clock.advance(2_000);
    expect(waits().slice(1, 4)).toEqual([400, 800]);
  });

  it('is not tried twice for one loss that is heard of twice', async () => {
    random = 0;
    connection.open();
    await clock.advance(0);
    connection.again(error);
    connection.again(error);
    await clock.advance(199);
    expect(tries).toEqual([0, 100]);
  });

  it('ends with a refusal that no trying helps, and says why', async () => {
    error = new RemoteDisplayError('SESSION_REVOKED');
    connection.open();
    await clock.advance(60_000);
    expect(tries).toHaveLength(1);
    expect(connection.state).toMatchObject({ status: 'stopped', reason: error });
  });

  it.each<ErrorCode>([
    'UNAUTHENTICATED',
    'TOKEN_INVALID',
    'SESSION_REVOKED',
    'FORBIDDEN',
    'SCREEN_NOT_FOUND',
    'SCREEN_TAKEN_OVER',
    'PROTOCOL_VERSION_MISMATCH',
  ])('ends where the server will not have us: %s', async (code) => {
    refuse(code);
    await clock.advance(60_000);
    expect(connection.state).toMatchObject({ status: 'stopped', reason: { code } });
  });

  it.each<ErrorCode>([
    'STORE_LOCKED',
    'STORE_CORRUPT',
    'STORE_TOO_NEW',
    'STORE_MISMATCH',
    'INVALID_OPTIONS',
    'INVALID_REQUEST',
    'CONNECTION_REPLACED',
    'SERVER_DRAINING',
    'INTERNAL',
  ])('goes on where it is the server that is not well: %s', async (code) => {
    refuse(code);
    expect(connection.state).toMatchObject({ status: 'offline', reason: { code } });
    const before = tries.length;
    await clock.advance(60_000);
    expect(connection.state.status).toBe('offline');
    expect(tries.length).toBeGreaterThan(before + 50);
  });

  it('ends when it is closed, whatever is still heard of the connection, and can begin again', async () => {
    connection.open();
    connection.close();
    connection.again(error);
    connection.ready();
    await clock.advance(60_000);
    expect(connection.state.status).toBe('stopped');
    expect(tries).toHaveLength(1);
    connection.open();
    await clock.advance(60_000);
    expect(tries.length).toBeGreaterThan(2);
  });
});

describe('what comes', () => {
  /** Asks, and answers `ms` later. */
  async function ask(ms: number): Promise<void> {
    let acknowledge = (_: null, __: object) => {};
    const { socket } = connection;
    socket.connected = true;
    socket.emit = (_event, _body, given) => {
      acknowledge = given;
      return socket;
    };
    connection.ask('report', {}, noop, noop);
    await clock.advance(ms);
    acknowledge(null, {});
  }
  const ping = () => {
    for (const told of connection.socket.io.listeners('ping')) told();
  };

  it('was sent after the latest question that the server has answered', async () => {
    await clock.advance(1_000);
    await ask(500);
    expect(connection.sentAfter).toBe(1_000);
    await ask(500);
    expect(connection.sentAfter).toBe(1_500);
  });

  it('was sent after the heartbeat before the latest', async () => {
    await clock.advance(25_000);
    ping();
    expect(connection.sentAfter).toBe(0);
    await clock.advance(25_000);
    ping();
    expect(connection.sentAfter).toBe(25_000);
    await ask(500);
    ping();
    expect(connection.sentAfter).toBe(50_000);
  });
});

describe('the state', () => {
  it('says since when it is so, and why as far as is known now', async () => {
    const began = clock.now();
    const told: string[] = [];
    connection.on('state', ({ status }) => told.push(status));
    connection.open();
    await clock.advance(5_000);
    error = new RemoteDisplayError('STORE_UNAVAILABLE');
    await clock.advance(5_000);
    expect(connection.state).toEqual({ status: 'offline', since: began, reason: error });
    expect(told).toEqual(['connecting', 'offline']);
  });

  it('is not changed by a listener that throws', async () => {
    connection.on('state', () => {
      throw new Error('from a listener');
    });
    connection.open();
    await clock.advance(5_000);
    expect(tries.length).toBeGreaterThan(2);
  });
});
