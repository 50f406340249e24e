import type { CommandView, Problem, ScreenView, TokenPair } from '@remote-display/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startServer({
    documentOrigins: ['https://docs.example.com'],
    resolveTimeoutMs: 200,
    resolveOrder: (orderId, { signal }) => {
      if (orderId === 'MISSING') return null;
      if (orderId === 'BROKEN') throw new Error('password=hunter2');
      if (orderId === 'RUBBISH') return { url: 'javascript:alert(1)' };
      if (orderId === 'EVIL') return { url: 'https://docs.example.com@evil.example/' };
      if (orderId === 'FOREIGN') return { url: 'https://elsewhere.example.com/doc' };
      if (orderId === 'SLOW')
        return new Promise((_, reject) => signal.addEventListener('abort', reject));
      return { url: `https://docs.example.com/${orderId}`, title: '제작의뢰서', revision: 'C' };
    },
  });
  await server.pair('station-1');
});
afterEach(() => server.close());

async function problemOf(answer: Response): Promise<Problem> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await answer.json()) as Problem;
  expect(problem).toMatchObject({ status: answer.status, message: { ko: expect.any(String) } });
  expect(JSON.stringify(problem)).not.toMatch(/hunter2| at .*\.ts|node_modules/);
  return problem;
}

describe('POST /api/trigger', () => {
  it('answers 202 with the command once it is stored', async () => {
    const answer = await server.trigger({ id: 'wish-1', ttl: 60_000 });
    expect(answer.status).toBe(202);
    const command = (await answer.json()) as CommandView;
    expect(command).toMatchObject({
      screenId: 'station-1',
      orderId: 'PO-1',
      displayIndex: 1,
      state: 'queued',
    });
    expect(command.expiresAt - command.createdAt).toBe(60_000);
    const found = await server.request(`/api/commands/${command.commandId}`);
    expect(await found.json()).toEqual(command);
  });

  it('answers the same id with the first command, and 409 for another wish under it', async () => {
    const first = (await (await server.trigger({ id: 'wish-1' })).json()) as CommandView;
    const again = (await (await server.trigger({ id: 'wish-1' })).json()) as CommandView;
    expect(again.commandId).toBe(first.commandId);
    const other = await server.trigger({ id: 'wish-1', orderId: 'PO-2' });
    expect((await problemOf(other)).code).toBe('IDEMPOTENCY_CONFLICT');
  });

  it('keeps ids of different callers apart', async () => {
    const kim = await server.display.sessions.create({
      subject: 'kim',
      role: 'operator',
      screens: '*',
    });
    const first = (await (await server.trigger({ id: 'wish-1' })).json()) as CommandView;
    const answer = await server.request('/api/trigger', {
      token: kim.accessToken,
      body: { id: 'wish-1', orderId: 'PO-2', screenId: 'station-1', timestamp: Date.now() },
    });
    expect(((await answer.json()) as CommandView).commandId).not.toBe(first.commandId);
  });

  it.each([
    ['MISSING', 404, 'ORDER_NOT_FOUND'],
    ['BROKEN', 502, 'ORDER_LOOKUP_FAILED'],
    ['RUBBISH', 502, 'ORDER_LOOKUP_FAILED'],
    ['EVIL', 502, 'ORDER_LOOKUP_FAILED'],
    ['FOREIGN', 422, 'DOCUMENT_BLOCKED'],
    ['SLOW', 504, 'ORDER_LOOKUP_TIMEOUT'],
  ])('refuses order %s with %i %s and accepts nothing', async (orderId, status, code) => {
    const accepted: unknown[] = [];
    server.display.events.on('command.accepted', (event) => accepted.push(event));
    const answer = await server.trigger({ orderId });
    expect(answer.status).toBe(status);
    expect((await problemOf(answer)).code).toBe(code);
    expect(accepted).toEqual([]);
  });

  it.each([
    ['an empty body', '', 'not JSON'],
    ['an array', [], 'expected object'],
    ['an unknown key', { color: 'red' }, 'color'],
    ['a negative display', { displayIndex: -1 }, 'displayIndex'],
    ['a broken display', { displayIndex: 1.5 }, 'displayIndex'],
    ['a display as text', { displayIndex: '1' }, 'displayIndex'],
    ['seconds for milliseconds', { timestamp: 1_800_000_000 }, 'timestamp'],
    ['no timestamp', { timestamp: undefined }, 'timestamp'],
    ['a ttl of nothing', { ttl: 0 }, 'ttl'],
    ['a screen id with a wildcard', { screenId: '*' }, 'screenId'],
    ['a screen id that climbs', { screenId: '../station-1' }, 'screenId'],
    ['an order id with a newline', { orderId: 'PO\n1' }, 'orderId'],
    ['an order id written backwards', { orderId: 'PO\u202e1' }, 'orderId'],
  ])('refuses %s, naming the field', async (_, wrong, named) => {
    const wish = { id: 'w', orderId: 'PO-1', screenId: 'station-1', timestamp: Date.now() };
    const isPart = typeof wrong === 'object' && !Array.isArray(wrong);
    const answer = await server.request('/api/trigger', {
      body: isPart ? { ...wish, ...wrong } : wrong,
    });
    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).detail).toContain(named);
  });

  it('takes Korean order ids', async () => {
    const answer = await server.trigger({ orderId: '제작-2026/11 가' });
    expect(await answer.json()).toMatchObject({ orderId: '제작-2026/11 가' });
  });

  it('refuses other types, large bodies, strange queries and unknown screens', async () => {
    const form = await fetch(`${server.url}/api/trigger`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.admin.accessToken}`,
        'content-type': 'text/plain',
      },
      body: '{}',
    });
    expect((await problemOf(form)).code).toBe('UNSUPPORTED_MEDIA_TYPE');
    const large = await server.request('/api/trigger', { body: { orderId: 'x'.repeat(70_000) } });
    expect((await problemOf(large)).code).toBe('PAYLOAD_TOO_LARGE');
    for (const query of ['?wait=never', '?wait=shown&wait=shown', '?timeout=-1', '?color=red']) {
      expect((await server.trigger({}, query)).status).toBe(400);
    }
    expect((await problemOf(await server.trigger({ screenId: 'nobody' }))).code).toBe(
      'SCREEN_NOT_FOUND',
    );
  });

  it('holds the answer no longer than asked', async () => {
    const answer = await server.trigger({}, '?wait=shown&timeout=50');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ state: 'queued' });
  });
});

describe('commands', () => {
  it('are cancelled while they wait, and then cannot be', async () => {
    const { commandId } = (await (await server.trigger({})).json()) as CommandView;
    const cancelled = await server.request(`/api/commands/${commandId}/cancel`, { method: 'POST' });
    expect(await cancelled.json()).toMatchObject({ state: 'cancelled' });
    const expired = await server.request('/api/commands/unknown/cancel', { method: 'POST' });
    expect((await problemOf(expired)).code).toBe('COMMAND_NOT_FOUND');
  });
});

describe('who may', () => {
  it('asks for a token, and believes only its own', async () => {
    const none = await server.request('/api/screens', { token: null });
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    expect((await problemOf(none)).code).toBe('UNAUTHENTICATED');
    for (const token of [
      'rubbish',
      `${server.admin.accessToken.slice(0, -2)}xx`,
      server.admin.refreshToken,
    ]) {
      expect((await problemOf(await server.request('/api/screens', { token }))).code).toBe(
        'TOKEN_INVALID',
      );
    }
  });

  it('lets an operator reach its own screens, and know of no other', async () => {
    await server.pair('station-2');
    const { commandId } = (await (
      await server.trigger({ screenId: 'station-1' })
    ).json()) as CommandView;
    const kim = await server.display.sessions.create({
      subject: 'kim',
      role: 'operator',
      screens: ['station-2'],
    });
    const as = { token: kim.accessToken };
    const list = (await (await server.request('/api/screens', as)).json()) as {
      screens: ScreenView[];
    };
    expect(list.screens.map(({ screenId }) => screenId)).toEqual(['station-2']);
    expect((await server.request('/api/screens/station-2', as)).status).toBe(200);
    const foreign = await problemOf(await server.request('/api/screens/station-1', as));
    expect(foreign).toEqual(await problemOf(await server.request('/api/screens/nobody', as)));
    const command = await problemOf(await server.request(`/api/commands/${commandId}`, as));
    expect(command).toEqual(await problemOf(await server.request('/api/commands/missing', as)));
    const pairing = await server.request('/api/pairings', {
      ...as,
      body: { screenId: 'station-2' },
    });
    expect((await problemOf(pairing)).code).toBe('FORBIDDEN');
  });

  it('keeps a device off the operators’ routes', async () => {
    const { tokens } = await server.pair('station-1');
    for (const path of ['/api/screens', '/api/screens/station-1', '/api/commands/any']) {
      expect((await server.request(path, { token: tokens.accessToken })).status).toBe(403);
    }
  });
});

describe('tokens', () => {
  it('are renewed with the same rights; one lost answer is forgiven', async () => {
    const renew = (refreshToken: string) =>
      server.request('/api/auth/refresh', { body: { refreshToken }, token: null });
    const first = (await (await renew(server.admin.refreshToken)).json()) as TokenPair;
    const again = (await (await renew(server.admin.refreshToken)).json()) as TokenPair;
    expect(again.refreshToken).toBe(first.refreshToken);
    expect((await server.request('/api/screens', { token: first.accessToken })).status).toBe(200);
    await renew(first.refreshToken);
    const stolen = await renew(server.admin.refreshToken);
    expect((await problemOf(stolen)).code).toBe('SESSION_REVOKED');
    const after = await server.request('/api/screens', { token: first.accessToken });
    expect((await problemOf(after)).code).toBe('SESSION_REVOKED');
  });

  it('that were made up are refused', async () => {
    const parts = server.admin.refreshToken.split('.');
    for (const refreshToken of ['made-up-but-long-enough', [parts[0], '2', parts[2]].join('.')]) {
      const answer = await server.request('/api/auth/refresh', {
        body: { refreshToken },
        token: null,
      });
      expect((await problemOf(answer)).code).toBe('TOKEN_INVALID');
    }
  });
});

describe('pairing', () => {
  it('makes a link that is good once', async () => {
    const created = await server.request('/api/pairings', {
      body: { screenId: 'station-9', name: '9번 라인' },
    });
    expect(created.status).toBe(201);
    const { url, token } = (await created.json()) as { url: string; token: string };
    expect(url).toBe(`${server.url}/api/pair?screenId=station-9&token=${token}`);
    const redeem = () =>
      server.request('/api/pair', { body: { screenId: 'station-9', token }, token: null });
    expect(await (await redeem()).json()).toMatchObject({
      screenId: 'station-9',
      name: '9번 라인',
    });
    expect((await problemOf(await redeem())).code).toBe('PAIRING_INVALID');
  });

  it('serves a page that runs nothing but its own script and is kept nowhere', async () => {
    const { url } = await server.display.pair({ screenId: 'station-9' }, server.url);
    const page = await fetch(url);
    expect(page.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*script-src 'nonce-/,
    );
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const hostile = await fetch(
      `${server.url}/api/pair?screenId=%3Cscript%3E&token=${'x'.repeat(20)}`,
    );
    expect((await problemOf(hostile)).code).toBe('INVALID_REQUEST');
  });
});

describe('the router', () => {
  it('says what is not there and what is not allowed', async () => {
    const missing = await server.request('/api/<script>alert(1)</script>');
    expect(missing.status).toBe(404);
    expect(await missing.text()).not.toContain('script');
    const wrong = await server.request('/api/trigger');
    expect(wrong.headers.get('allow')).toBe('POST');
    expect((await problemOf(wrong)).code).toBe('METHOD_NOT_ALLOWED');
  });

  it('tells its health to anyone', async () => {
    const health = await server.request('/api/health', { token: null });
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'ok', checks: { store: 'ok' } });
  });
});
