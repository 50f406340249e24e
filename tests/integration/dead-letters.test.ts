import type {
  CommandView,
  DeadLetterPage,
  DeadLetterView,
  Redriven,
} from '@remote-display/protocol';
import { type DeadLetter, RemoteDisplayError } from '@remote-display/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { connectStation } from '../support/station.ts';

let server: TestServer;
let told: DeadLetter[];
let hook: () => Promise<void>;
beforeEach(async () => {
  told = [];
  hook = async () => {};
  server = await startServer({
    onDeadLetter: async (letter) => {
      told.push(letter);
      await hook();
    },
  });
});
afterEach(() => server.close());

const json = async <T>(path: string, body?: object, token?: string) => {
  const answer = await server.request(`/api${path}`, {
    ...(body ? { body } : {}),
    ...(token ? { token } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as T };
};

/** A screen whose documents do not exist until they do. */
async function brokenScreen(screenId: string): Promise<{ mend: () => void; shown: string[] }> {
  let broken = true;
  const shown: string[] = [];
  await connectStation(server, screenId, {
    navigate: async ({ id }) => {
      if (broken) throw new RemoteDisplayError('DOCUMENT_NOT_FOUND', { detail: '404' });
      shown.push(id);
    },
  });
  return {
    shown,
    mend: () => {
      broken = false;
    },
  };
}

async function die(screenId: string, orderId = 'PO-1'): Promise<string> {
  const answer = await server.trigger({ screenId, orderId }, '?wait=shown');
  const { commandId, state } = (await answer.json()) as CommandView;
  expect(state).toBe('dead');
  return commandId;
}

describe('dead letters', () => {
  it('are kept with their whole story, and the hook is told', async () => {
    await brokenScreen('a');
    const id = await die('a');
    const { body } = await json<DeadLetterView>(`/dead-letters/${id}`);
    expect(body.command).toMatchObject({
      commandId: id,
      state: 'dead',
      error: { code: 'DOCUMENT_NOT_FOUND', detail: '404' },
    });
    expect(body.payload).toMatchObject({ document: { url: 'https://docs.example.com/PO-1' } });
    expect(body.command.history.map(({ state }) => state)).toEqual([
      'queued',
      'dispatched',
      'received',
      'dead',
    ]);
    await expect.poll(() => told.map(({ command }) => command.id)).toEqual([id]);
  });

  it('are listed by page and filter', async () => {
    await brokenScreen('a');
    await brokenScreen('b');
    const ids = [await die('a'), await die('b'), await die('a')];
    const page = await json<DeadLetterPage>('/dead-letters?limit=2');
    const first = page.body.deadLetters.map(({ command }) => command.commandId);
    expect(first).toEqual([ids[2], ids[1]]);
    const rest = await json<DeadLetterPage>(`/dead-letters?limit=2&after=${page.body.next}`);
    expect(rest.body.deadLetters.map(({ command }) => command.commandId)).toEqual([ids[0]]);
    expect(rest.body.next).toBeUndefined();
    const own = await json<DeadLetterPage>('/dead-letters?screenId=b&code=DOCUMENT_NOT_FOUND');
    expect(own.body.deadLetters).toHaveLength(1);
    expect((await json('/dead-letters?limit=0')).status).toBe(400);
    expect((await json('/dead-letters?after=%2A')).status).toBe(400);
  });

  it('are tried again once, as a command that points back', async () => {
    const { mend, shown } = await brokenScreen('a');
    const id = await die('a');
    mend();
    const redriven = await json<CommandView>(`/dead-letters/${id}/redrive`, {});
    expect(redriven.status).toBe(202);
    expect(redriven.body).toMatchObject({ redriveOf: id, screenId: 'a' });
    await expect.poll(() => shown).toEqual([redriven.body.commandId]);
    const again = await json<CommandView>(`/dead-letters/${id}/redrive`, {});
    expect(again.body.commandId).toBe(redriven.body.commandId);
    expect((await json<DeadLetterView>(`/dead-letters/${id}`)).body.redrivenAs).toBe(
      redriven.body.commandId,
    );
    expect(shown).toHaveLength(1);
  });

  it('are tried again by filter, in the order in which they died', async () => {
    const { mend, shown } = await brokenScreen('a');
    await brokenScreen('b');
    await die('a', 'PO-1');
    await die('b');
    await die('a', 'PO-2');
    mend();
    const { body } = await json<Redriven>('/dead-letters/redrive', { screenId: 'a' });
    expect(body.results.map(({ command }) => command?.orderId)).toEqual(['PO-1', 'PO-2']);
    expect(body.more).toBe(false);
    await expect.poll(() => shown).toContain(body.results[1]?.command?.commandId);
    const none = await json<Redriven>('/dead-letters/redrive', { screenId: 'a' });
    expect(none.body.results).toEqual([]);
  });

  it('are tried again page by page from the oldest, so that the latest stays', async () => {
    const { mend, shown } = await brokenScreen('a');
    await die('a', 'PO-1');
    await die('a', 'PO-2');
    await die('a', 'PO-3');
    mend();
    const orders: (string | undefined)[] = [];
    for (let more = true; more; ) {
      const { body } = await json<Redriven>('/dead-letters/redrive', { limit: 1 });
      orders.push(...body.results.map(({ command }) => command?.orderId));
      await expect.poll(() => shown).toContain(body.results[0]?.command?.commandId);
      more = body.more;
    }
    expect(orders).toEqual(['PO-1', 'PO-2', 'PO-3']);
  });

  it('are forgotten one by one, by filter, and by age', async () => {
    await brokenScreen('a');
    const ids = [await die('a'), await die('a'), await die('a')];
    expect((await json(`/dead-letters/${ids[0]}/discard`, {})).body).toMatchObject({
      discarded: 1,
    });
    expect((await json(`/dead-letters/${ids[0]}/discard`, {})).status).toBe(404);
    const limited = await json('/dead-letters/discard', { until: Date.now() + 1_000, limit: 1 });
    expect(limited.body).toEqual({ discarded: 1, more: true });
    expect((await json('/dead-letters/discard', { screenId: 'z' })).body).toMatchObject({
      discarded: 0,
    });
    await json('/dead-letters/discard', {});
    expect((await json<DeadLetterPage>('/dead-letters')).body.deadLetters).toEqual([]);
  });

  it('of screens out of reach are none at all', async () => {
    await brokenScreen('a');
    const id = await die('a');
    const lee = await server.display.sessions.create({
      subject: 'lee',
      role: 'operator',
      screens: ['b'],
    });
    const token = lee.accessToken;
    const page = await json<DeadLetterPage>('/dead-letters', undefined, token);
    expect(page.body.deadLetters).toEqual([]);
    for (const path of [`/dead-letters/${id}/redrive`, `/dead-letters/${id}/discard`])
      expect((await json(path, {}, token)).status).toBe(404);
    expect((await json(`/dead-letters/${id}`, undefined, token)).status).toBe(404);
    await json('/dead-letters/discard', {}, token);
    await json('/dead-letters/redrive', {}, token);
    expect((await json<DeadLetterView>(`/dead-letters/${id}`)).body.redrivenAs).toBeUndefined();
    const { tokens } = await server.pair('c');
    expect((await json('/dead-letters', undefined, tokens.accessToken)).status).toBe(403);
  });

  it('come about whatever the hook does', async () => {
    await brokenScreen('a');
    hook = () => Promise.reject(new Error('the mail server is down'));
    const id = await die('a');
    hook = () => new Promise(() => {});
    const second = await die('a');
    await expect.poll(() => told).toHaveLength(2);
    expect((await json(`/dead-letters/${id}`)).status).toBe(200);
    expect((await json(`/dead-letters/${second}`)).status).toBe(200);
  });
});
