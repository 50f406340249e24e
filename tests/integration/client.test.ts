import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Handlers,
  memoryInboxStorage,
  Operator,
  RemoteDisplayClient,
  type RemoteDisplayClientOptions,
  RemoteDisplayError,
  TokenManager,
} from '@remote-display/client';
import type { CommandView, Paired, ScreenView } from '@remote-display/protocol';
import { sqliteStore } from '@remote-display/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let closing: (() => unknown)[];
beforeEach(async () => {
  server = await startServer();
  closing = [];
});
afterEach(async () => {
  for (const close of closing) await close();
  await server.close();
});

function station(
  paired: Paired,
  handlers: Handlers,
  options: Partial<RemoteDisplayClientOptions> = {},
) {
  const tokens = new TokenManager({ serverUrl: server.url, tokens: paired.tokens });
  const client = new RemoteDisplayClient({ serverUrl: server.url, tokens, handlers, ...options });
  closing.push(
    () => client.close(),
    () => tokens.stop(),
  );
  return client;
}

function operator() {
  const tokens = new TokenManager({ serverUrl: server.url, tokens: server.admin });
  const made = new Operator({ serverUrl: server.url, tokens });
  closing.push(
    () => made.close(),
    () => tokens.stop(),
  );
  return made;
}

const wish = (orderId: string) => ({ orderId, screenId: 'station-1', displayIndex: 1 });

describe('from the operator to the device and back', () => {
  it.each([['websocket'], ['polling']] as const)(
    'shows an order, and the operator knows (%s)',
    async (transport) => {
      const seen: string[] = [];
      const client = station(
        await server.pair('station-1'),
        { navigate: async ({ payload }) => ({ displayIndex: Number(seen.push(payload.orderId)) }) },
        { transports: [transport] },
      );
      await client.connect();
      expect(client.state.status).toBe('online');
      const shown = await operator().trigger(wish('PO-1'), { wait: 'shown' });
      expect(shown).toMatchObject({
        state: 'shown',
        orderId: 'PO-1',
        evidence: { displayIndex: 1 },
      });
      expect(seen).toEqual(['PO-1']);
    },
  );

  it('shows many at once, and one on many screens, with a result for each', async () => {
    const handlers = { navigate: async () => {} };
    for (const screenId of ['station-1', 'station-2'])
      await station(await server.pair(screenId), handlers).connect();
    const all = await operator().triggerAll(
      [wish('PO-1'), { ...wish('PO-2'), screenId: 'missing' }],
      { wait: 'shown' },
    );
    expect(all.map(({ command, error }) => command?.state ?? error?.code)).toEqual([
      'shown',
      'SCREEN_NOT_FOUND',
    ]);
    const screenIds = ['station-1', 'station-2'];
    const each = await operator().triggerScreens(
      { orderId: 'PO-3' },
      { screenIds },
      { wait: 'shown' },
    );
    expect(each.map(({ command }) => [command?.screenId, command?.state])).toEqual([
      ['station-1', 'shown'],
      ['station-2', 'shown'],
    ]);
  });

  it('tells why an order was not shown', async () => {
    const navigate = async () => {
      throw new RemoteDisplayError('DOCUMENT_NOT_FOUND', { detail: 'status 404' });
    };
    await station(await server.pair('station-1'), { navigate }).connect();
    expect(await operator().trigger(wish('PO-1'), { wait: 'shown' })).toMatchObject({
      state: 'dead',
      error: {
        code: 'DOCUMENT_NOT_FOUND',
        detail: 'status 404',
        message: { ko: '문서가 없습니다.' },
      },
    });
  });

  it('says that a device cannot do it', async () => {
    await station(await server.pair('station-1'), {}).connect();
    const { error } = await operator().trigger(wish('PO-1'), { wait: 'shown' });
    expect(error).toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('lets the newest scan win over a slow document', async () => {
    const begun: string[] = [];
    const aborted: string[] = [];
    const client = station(await server.pair('station-1'), {
      navigate: ({ payload: { orderId } }, { signal }) => {
        begun.push(orderId);
        if (orderId === 'FAST') return Promise.resolve();
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            aborted.push(orderId);
            reject(signal.reason);
          }),
        );
      },
    });
    await client.connect();
    const slowBegun = new Promise<void>((resolve) => client.once('received', () => resolve()));
    const slow = operator().trigger(wish('SLOW'), { wait: 'shown' });
    await slowBegun;
    const fast = await operator().trigger(wish('FAST'), { wait: 'shown' });
    expect(fast.state).toBe('shown');
    expect(await slow).toMatchObject({ state: 'superseded' });
    expect(begun).toEqual(['SLOW', 'FAST']);
    expect(aborted).toEqual(['SLOW']);
  });

  it('watches a screen and its commands', async () => {
    await server.pair('station-1');
    const views: string[] = [];
    const operating = operator();
    let settled = () => {};
    const end = new Promise<void>((resolve) => {
      settled = resolve;
    });
    const unwatch = await operating.watch(
      { screenId: 'station-1' },
      (view: CommandView | ScreenView) => {
        views.push('state' in view ? view.state : view.online ? 'online' : 'offline');
        if ('state' in view && view.state === 'shown') settled();
      },
    );
    await station(await server.pair('station-1'), { navigate: async () => {} }).connect();
    await operating.trigger(wish('PO-1'));
    await end;
    unwatch();
    expect(views.filter((view, index) => view !== views[index - 1])).toEqual([
      'offline',
      'online',
      'queued',
      'dispatched',
      'received',
      'shown',
    ]);
  });
});

describe('a device that was away', () => {
  it('gets what waited, in order, and nothing twice', async () => {
    const paired = await server.pair('station-1');
    const orders = [0, 1, 2].map((displayIndex) => ({
      ...wish(`PO-${displayIndex}`),
      displayIndex,
    }));
    const sender = operator();
    for (const order of orders) await sender.trigger(order);
    const seen: string[] = [];
    const inbox = memoryInboxStorage();
    const handlers: Handlers = { navigate: async ({ payload }) => void seen.push(payload.orderId) };
    const first = station(paired, handlers, { inbox });
    const told = new Promise<void>((resolve) => {
      let count = 0;
      first.on('settled', () => ++count === 3 && resolve());
    });
    await first.connect();
    await told;
    await first.close();
    const second = station(await server.pair('station-1'), handlers, { inbox });
    await second.connect();
    await sender.trigger(wish('PO-9'), { wait: 'shown' });
    expect(seen).toEqual(['PO-0', 'PO-1', 'PO-2', 'PO-9']);
  });
});

describe('a session', () => {
  it('is renewed on the live socket, and survives its first token', async () => {
    await server.close();
    server = await startServer({ tokens: { accessTtlMs: 3_000, refreshTtlMs: 60_000 } });
    const paired = await server.pair('station-1');
    const tokens = new TokenManager({ serverUrl: server.url, tokens: paired.tokens });
    const client = new RemoteDisplayClient({
      serverUrl: server.url,
      tokens,
      handlers: { navigate: async () => {} },
    });
    closing.push(
      () => client.close(),
      () => tokens.stop(),
    );
    const states: string[] = [];
    client.on('state', ({ status }) => states.push(status));
    await client.connect();
    const renewals = new Promise<void>((resolve) => {
      let count = 0;
      tokens.on('renewed', () => ++count === 3 && resolve());
    });
    await renewals;
    expect(states).toEqual(['connecting', 'online']);
    const fresh = await server.display.sessions.create({
      subject: 'kim',
      role: 'admin',
      screens: '*',
    });
    const answer = await server.request('/api/screens/station-1', { token: fresh.accessToken });
    expect(await answer.json()).toMatchObject({ online: true });
  });

  it('that was revoked stops the client for good, and says so', async () => {
    const paired = await server.pair('station-1');
    const client = station(paired, {});
    await client.connect();
    const stopped = new Promise<void>((resolve) =>
      client.on('state', ({ status }) => status === 'stopped' && resolve()),
    );
    await server.display.sessions.revoke(paired.tokens.refreshToken.split('.')[0] ?? '');
    await stopped;
    expect(client.state.reason?.code).toBe('SESSION_REVOKED');
    await expect(station(paired, {}).connect()).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  });

  it('gives way to a newer one of the same screen', async () => {
    const older = station(await server.pair('station-1'), {});
    await older.connect();
    const stopped = new Promise<void>((resolve) =>
      older.on('state', ({ status }) => status === 'stopped' && resolve()),
    );
    const newer = station(await server.pair('station-1'), {});
    await newer.connect();
    await stopped;
    expect(older.state.reason?.code).toBe('SCREEN_TAKEN_OVER');
    expect(newer.state.status).toBe('online');
  });
});

describe('a server that goes and comes back', () => {
  it('is found again, with what was accepted before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'remote-display-'));
    await server.close();
    const path = join(folder, 'test.db');
    server = await startServer({ store: sqliteStore({ path }) });
    const paired = await server.pair('station-1');
    const { commandId } = await operator().trigger(wish('PO-1'));
    const port = Number(new URL(server.url).port);
    await server.close();
    const seen: string[] = [];
    const client = station(paired, {
      navigate: async ({ payload }) => void seen.push(payload.orderId),
    });
    const connected = client.connect();
    await expect.poll(() => client.state.status).toBe('offline');
    server = await startServer({ store: sqliteStore({ path }) }, port);
    await connected;
    expect(await operator().wait(commandId)).toMatchObject({ state: 'shown' });
    expect(seen).toEqual(['PO-1']);
    closing.push(() => rmSync(folder, { recursive: true }));
  });
});
