import { ERRORS, RemoteDisplayError } from '@remote-display/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { Operator } from './operator.ts';
import { TokenManager } from './token-manager.ts';

const NOW = Date.now();
const serverUrl = 'https://display.example.com';
const wish = { orderId: 'PO-1', screenId: 'line-3', displayIndex: 1 };

let requests: { url: string; body: Record<string, unknown> | undefined }[];
let answers: (() => Response | Promise<Response>)[];
let operator: Operator;

beforeEach(() => {
  requests = [];
  answers = [];
  const tokens = new TokenManager({
    serverUrl,
    tokens: {
      accessToken: 'access',
      accessExpiresAt: NOW + 900_000,
      refreshToken: 'refresh',
      refreshExpiresAt: NOW + 86_400_000,
      serverTime: NOW,
    },
  });
  operator = new Operator({
    serverUrl,
    tokens,
    random: () => 1,
    fetch: async (url, { body, signal }) => {
      requests.push({ url, body: typeof body === 'string' ? JSON.parse(body) : undefined });
      signal?.throwIfAborted();
      return (answers.shift() ?? (() => Response.json({}, { status: 500 })))();
    },
  });
  return () => tokens.stop();
});

const command = (state: string) => () => Response.json({ commandId: 'c-1', state });
const problem = (code: keyof typeof ERRORS) => () =>
  Response.json(new RemoteDisplayError(code).toProblem(), { status: ERRORS[code].status });
const unreachable = () => Promise.reject(new TypeError('fetch failed'));

describe('Operator', () => {
  it('sends a wish again, under the same id, when nothing answers', async () => {
    answers = [unreachable, problem('SERVER_DRAINING'), command('queued')];
    expect(await operator.trigger(wish)).toMatchObject({ state: 'queued' });
    const ids = requests.map(({ body }) => body?.['id']);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    expect(requests[0]?.body).toMatchObject({ ...wish, timestamp: expect.any(Number) });
  });

  it('throws at once what the server says of the order', async () => {
    answers = [problem('ORDER_NOT_FOUND')];
    await expect(operator.trigger(wish)).rejects.toMatchObject({ code: 'ORDER_NOT_FOUND' });
    expect(requests).toHaveLength(1);
  });

  it('gives up after its tries', async () => {
    answers = Array(9).fill(unreachable);
    await expect(operator.trigger(wish)).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' });
    expect(requests).toHaveLength(5);
  });

  it('goes on waiting where one answer could not be held long enough', async () => {
    answers = [command('dispatched'), command('received'), command('shown')];
    const shown = await operator.trigger(wish, { wait: 'shown', timeoutMs: 70_000 });
    expect(shown.state).toBe('shown');
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual([
      '/api/trigger',
      '/api/commands/c-1',
      '/api/commands/c-1',
    ]);
    expect(requests[0]?.url).toContain('?wait=shown&timeout=30000');
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    answers = [unreachable];
    const triggered = operator.trigger(wish, { signal: abort.signal });
    abort.abort(new Error('the person has gone'));
    await expect(triggered).rejects.toThrow('the person has gone');
  });
});
