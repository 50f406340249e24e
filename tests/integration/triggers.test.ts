import type { CommandView, ErrorBody, TriggerResults } from '@remote-display/protocol';
import { RemoteDisplayError, type RemoteDisplayOptions } from '@remote-display/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { connectStation } from '../support/station.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

const wish = (given: object = {}) => ({
  id: crypto.randomUUID(),
  orderId: 'PO-1',
  displayIndex: 1,
  timestamp: Date.now(),
  ...given,
});
const post = async <T = TriggerResults>(path: string, body: unknown, headers: object = {}) => {
  const answer = await fetch(`${server.url}/api${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.admin.accessToken}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as T };
};
const states = ({ results }: TriggerResults) =>
  results.map(({ command, error }) => command?.state ?? error?.code);

describe('one trigger for several screens', () => {
  it('by list: a result for each, also for those that are not there', async () => {
    await connectStation(server, 'a');
    await connectStation(server, 'b');
    const body = wish({ screenIds: ['a', 'missing', 'b', 'a'] });
    const answer = await post('/trigger?wait=shown', body);
    expect(answer.status).toBe(200);
    expect(answer.body.results.map(({ screenId }) => screenId)).toEqual(['a', 'missing', 'b']);
    expect(states(answer.body)).toEqual(['shown', 'SCREEN_NOT_FOUND', 'shown']);
    const again = await post('/trigger', body);
    const ids = (results: TriggerResults) => results.results.map((r) => r.command?.commandId);
    expect(ids(again.body)).toEqual(ids(answer.body));
  });

  it('by tag: all that have it and are within reach', async () => {
    await server.pair('a');
    await server.pair('b');
    await server.pair('c');
    for (const [screenId, tags] of Object.entries({ a: ['line-1'], b: ['line-1'], c: ['line-2'] }))
      await server.request(`/api/screens/${screenId}`, { method: 'PATCH', body: { tags } });
    const { body } = await post('/trigger', wish({ tag: 'line-1' }));
    expect(body.results.map(({ screenId }) => screenId)).toEqual(['a', 'b']);
    const none = await post<ErrorBody>('/trigger', wish({ tag: 'line-9' }));
    expect([none.status, none.body.code]).toEqual([404, 'SCREEN_NOT_FOUND']);
    const kim = await server.display.sessions.create({
      subject: 'kim',
      role: 'operator',
      screens: ['b', 'c'],
    });
    const own = await post('/trigger', wish({ tag: 'line-1' }), {
      authorization: `Bearer ${kim.accessToken}`,
    });
    expect(own.body.results.map(({ screenId }) => screenId)).toEqual(['b']);
  });

  it('is the same wish for a screen alone and in a list of one', async () => {
    await server.pair('a');
    const body = wish();
    const alone = await post<CommandView>('/trigger', { ...body, screenId: 'a' });
    const listed = await post('/trigger', { ...body, screenIds: ['a'] });
    expect(listed.body.results[0]?.command?.commandId).toBe(alone.body.commandId);
    const other = wish();
    const first = await post('/trigger', { ...other, screenIds: ['a'] });
    const second = await post<CommandView>('/trigger', { ...other, screenId: 'a' });
    expect(second.body.commandId).toBe(first.body.results[0]?.command?.commandId);
  });

  it('needs tags that only an admin gives, and that are tags', async () => {
    await server.pair('a');
    const patch = (body: object, path = 'a', token = server.admin.accessToken) =>
      server.request(`/api/screens/${path}`, { method: 'PATCH', body, token });
    expect(await (await patch({ name: 'Line 1', tags: ['hall-2'] })).json()).toMatchObject({
      name: 'Line 1',
      tags: ['hall-2'],
    });
    expect((await patch({ tags: ['a b'] })).status).toBe(400);
    expect((await patch({ tag: 'a' })).status).toBe(400);
    expect((await patch({ tags: [] }, 'missing')).status).toBe(404);
    const kim = await server.display.sessions.create({
      subject: 'kim',
      role: 'operator',
      screens: '*',
    });
    expect((await patch({ tags: [] }, 'a', kim.accessToken)).status).toBe(403);
  });

  it('refuses more than one way to say which', async () => {
    const { status, body } = await post<ErrorBody>('/trigger', wish({ screenId: 'a', tag: 'b' }));
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect((await post('/trigger', wish())).status).toBe(400);
  });
});

describe('many triggers in one request', () => {
  it('have a result each, in their place, and one that is wrong spoils no other', async () => {
    await connectStation(server, 'a');
    const triggers = [
      wish({ screenId: 'a', displayIndex: 0 }),
      { nonsense: true },
      wish({ screenId: 'a', displayIndex: -1, id: 'mine' }),
      wish({ screenId: 'missing' }),
      wish({ screenId: 'a', displayIndex: 2 }),
      null,
    ];
    const { status, body } = await post('/triggers?wait=shown', { triggers });
    expect(status).toBe(200);
    expect(states(body)).toEqual([
      'shown',
      'INVALID_REQUEST',
      'INVALID_REQUEST',
      'SCREEN_NOT_FOUND',
      'shown',
      'INVALID_REQUEST',
    ]);
    expect(body.results[2]).toMatchObject({ id: 'mine', screenId: 'a' });
    expect(body.results[2]?.error?.detail).toContain('displayIndex');
  });

  it('for one display: the last of the list is what stands there', async () => {
    const shown: string[] = [];
    await connectStation(server, 'a', {
      navigate: async ({ payload }) => void shown.push(payload.orderId),
    });
    const triggers = ['PO-1', 'PO-2', 'PO-3'].map((orderId) => wish({ screenId: 'a', orderId }));
    const { body } = await post('/triggers?wait=shown', { triggers });
    expect(states(body)).toEqual(['superseded', 'superseded', 'shown']);
    expect(shown.at(-1)).toBe('PO-3');
    const all = triggers.map((each) => ({ ...each, id: crypto.randomUUID(), queue: 'all' }));
    const queued = await post('/triggers?wait=shown', { triggers: all });
    expect(states(queued.body)).toEqual(['shown', 'shown', 'shown']);
    expect(shown.slice(-3)).toEqual(['PO-1', 'PO-2', 'PO-3']);
  });

  it('may be a thousand, and no more', async () => {
    for (let n = 0; n < 50; n++) await server.pair(`s${n}`);
    const triggers = Array.from({ length: 1_000 }, (_, n) =>
      wish({ screenId: `s${n % 50}`, displayIndex: Math.floor(n / 50) % 16, queue: 'all' }),
    );
    const { status, body } = await post('/triggers', { triggers });
    expect(status).toBe(202);
    expect(new Set(body.results.map(({ command }) => command?.commandId)).size).toBe(1_000);
    expect(new Set(states(body))).toEqual(new Set(['queued']));
    expect((await post('/triggers', { triggers: [...triggers, wish()] })).status).toBe(400);
    expect((await post('/triggers', { triggers: [] })).status).toBe(400);
    const huge = await post<ErrorBody>('/triggers', { triggers: ['x'.repeat(1_100_000)] });
    expect([huge.status, huge.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('are possible in the program, too', async () => {
    await connectStation(server, 'a');
    const good = { ...wish(), screenId: 'a' };
    const results = await server.display.triggerAll([good, { ...good, displayIndex: 99 }], 'kim');
    expect(results.map(({ error }) => error?.code)).toEqual([undefined, 'INVALID_REQUEST']);
  });
});

describe('an Idempotency-Key', () => {
  it('is another name for the same wish', async () => {
    await server.pair('a');
    const headers = { 'idempotency-key': 'scan-4711' };
    const first = await post<CommandView>('/trigger', wish({ screenId: 'a' }), headers);
    const again = await post<CommandView>('/trigger', wish({ screenId: 'a' }), headers);
    expect(first.status).toBe(202);
    expect(again.body.commandId).toBe(first.body.commandId);
    const other = wish({ screenId: 'a', orderId: 'PO-2' });
    const conflict = await post<ErrorBody>('/trigger', other, headers);
    expect([conflict.status, conflict.body.code]).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
    const strange = await post<ErrorBody>('/trigger', other, { 'idempotency-key': 'a b' });
    expect([strange.status, strange.body.code]).toEqual([400, 'INVALID_REQUEST']);
  });
});

describe('a bound', () => {
  it('on the commands of one screen is told, with when to come back', async () => {
    await server.close();
    server = await startServer({ commands: { maxUnsettled: 2 } });
    await server.pair('a');
    const queue = { screenId: 'a', queue: 'all' };
    await post('/trigger', wish(queue));
    await post('/trigger', wish(queue));
    const answer = await server.request('/api/trigger', { body: wish(queue) });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ code: 'QUEUE_FULL' });
    expect((await post('/trigger', wish({ screenId: 'a' }))).status).toBe(202);
  });
});

/** A server that answers for the order SLOW only when it is let. */
async function serverWithSlowOrder(
  options: Partial<RemoteDisplayOptions> = {},
): Promise<{ asked: Promise<void>; let: () => void }> {
  await server.close();
  const slow = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  server = await startServer({
    ...options,
    resolveOrder: async (orderId) => {
      if (orderId === 'SLOW') {
        asked.resolve();
        await slow.promise;
      }
      return { url: `https://docs.example.com/${orderId}` };
    },
  });
  return { asked: asked.promise, let: slow.resolve };
}

describe('an order that is looked up for long', () => {
  it('never ends up on the display over one that was scanned after it', async () => {
    const slow = await serverWithSlowOrder();
    await connectStation(server, 'a');
    const first = post<ErrorBody>('/trigger', wish({ screenId: 'a', orderId: 'SLOW' }));
    await slow.asked;
    const second = await post<CommandView>('/trigger?wait=shown', wish({ screenId: 'a' }));
    slow.let();
    const { status, body } = await first;
    expect([status, body.code]).toEqual([409, 'TRIGGER_OVERTAKEN']);
    expect(second.body.state).toBe('shown');
  });
});

describe('a trigger that comes to nothing overtakes nobody', () => {
  let slow: Awaited<ReturnType<typeof serverWithSlowOrder>>;
  beforeEach(async () => {
    slow = await serverWithSlowOrder({ commands: { maxUnsettled: 1 } });
    await connectStation(server, 'a');
  });

  it('not one for which there was no room', async () => {
    await server.pair('b');
    const elsewhere = { ...wish({ screenId: 'b' }), displayIndex: 2 };
    const full = await post<CommandView>('/trigger', elsewhere);
    const waiting = post<CommandView>('/trigger', wish({ screenId: 'b', orderId: 'SLOW' }));
    await slow.asked;
    expect((await post<ErrorBody>('/trigger', wish({ screenId: 'b' }))).body.code).toBe(
      'QUEUE_FULL',
    );
    await post(`/commands/${full.body.commandId}/cancel`, {});
    slow.let();
    expect((await waiting).status).toBe(202);
  });

  it('not one that repeats what was accepted before', async () => {
    const first = wish({ screenId: 'a' });
    await post('/trigger?wait=shown', first);
    const waiting = post<CommandView>(
      '/trigger?wait=shown',
      wish({ screenId: 'a', orderId: 'SLOW' }),
    );
    await slow.asked;
    expect((await post<CommandView>('/trigger', first)).status).toBe(200);
    slow.let();
    expect((await waiting).body.state).toBe('shown');
  });

  it('not one that is refused', async () => {
    const first = wish({ screenId: 'a' });
    await post('/trigger?wait=shown', first);
    const waiting = post<CommandView>(
      '/trigger?wait=shown',
      wish({ screenId: 'a', orderId: 'SLOW' }),
    );
    await slow.asked;
    const conflict = await post<ErrorBody>('/trigger', { ...first, orderId: 'PO-9' });
    expect(conflict.body.code).toBe('IDEMPOTENCY_CONFLICT');
    slow.let();
    expect((await waiting).body.state).toBe('shown');
  });
});

describe('resolveOrder that fails', () => {
  it('is left alone after a while, which health and events say, and tried again', async () => {
    await server.close();
    let broken = true;
    let asked = 0;
    server = await startServer({
      breaker: { failures: 3, resetMs: 50 },
      resolveOrder: (orderId) => {
        asked++;
        if (broken) throw new Error('the database is down');
        if (orderId === 'NONE') throw new RemoteDisplayError('ORDER_NOT_FOUND');
        return { url: 'https://docs.example.com/' };
      },
    });
    const changes: string[] = [];
    server.display.events.on('breaker.changed', ({ name, state }) =>
      changes.push(`${name} ${state}`),
    );
    await server.pair('a');
    const trigger = () => post<ErrorBody>('/trigger', wish({ screenId: 'a' }));
    for (let n = 0; n < 3; n++) expect((await trigger()).body.code).toBe('ORDER_LOOKUP_FAILED');
    const open = await trigger();
    expect([open.status, open.body.code, asked]).toEqual([503, 'CIRCUIT_OPEN', 3]);
    const health = (await (await server.request('/api/health')).json()) as object;
    expect(health).toMatchObject({ status: 'ok', breakers: { resolveOrder: 'open' } });
    broken = false;
    await expect.poll(async () => (await trigger()).status).toBe(202);
    expect(changes).toEqual(['resolveOrder open', 'resolveOrder half-open', 'resolveOrder closed']);
  });

  it('is asked once for many where answers are kept, until they are called stale', async () => {
    await server.close();
    let asked = 0;
    server = await startServer({
      orderCache: { ttlMs: 60_000, vary: [] },
      resolveOrder: (orderId) => ({ url: `https://docs.example.com/${orderId}?v=${++asked}` }),
    });
    await server.pair('a');
    const trigger = () => post('/trigger', wish({ screenId: 'a' }));
    await Promise.all([trigger(), trigger(), trigger()]);
    await trigger();
    expect(asked).toBe(1);
    await server.display.orders.invalidate('PO-1');
    await trigger();
    expect(asked).toBe(2);
    expect(server.display.orders.cacheStats()?.hitRate).toBeGreaterThan(0);
  });
});
