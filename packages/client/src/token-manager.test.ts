import { ERRORS, RemoteDisplayError, type TokenPair } from '@remote-display/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from './testing/virtual-clock.ts';
import { TokenManager } from './token-manager.ts';

const MINUTE = 60_000;

let clock: VirtualClock;
let requests: number;
/** How the server answers the next renewals. */
let respond: () => Response | Promise<Response>;

// The server's clock is three hours ahead of ours: what counts is the difference, not the time.
const SERVER_AHEAD = 3 * 60 * MINUTE;
let serverTime: () => number;

function pair(n: number): TokenPair {
  const now = serverTime();
  return {
    accessToken: `access-${n}`,
    accessExpiresAt: now + 15 * MINUTE,
    refreshToken: `refresh-${n}`,
    refreshExpiresAt: now + 24 * 60 * MINUTE,
    serverTime: now,
  };
}

function manager(): TokenManager {
  return new TokenManager({
    serverUrl: 'https://display.example.com',
    tokens: pair(0),
    clock,
    random: () => 0,
    fetch: async () => {
      requests++;
      return respond();
    },
  });
}

beforeEach(() => {
  clock = new VirtualClock();
  requests = 0;
  const began = clock.now();
  serverTime = () => began + SERVER_AHEAD + clock.monotonic();
  respond = () => Response.json(pair(requests));
});

const problem = (code: keyof typeof ERRORS) =>
  Response.json(new RemoteDisplayError(code).toProblem(), { status: ERRORS[code].status });

describe('TokenManager', () => {
  it('renews one minute before expiry by the server’s clock, by itself', async () => {
    const tokens = manager();
    expect(await tokens.token()).toBe('access-0');
    await clock.advance(14 * MINUTE - 1_000);
    expect(requests).toBe(0);
    await clock.advance(1_000);
    expect(requests).toBe(1);
    expect(await tokens.token()).toBe('access-1');
    await clock.advance(14 * MINUTE);
    expect(requests).toBe(2);
  });

  it('renews once for many callers', async () => {
    const tokens = manager();
    await tokens.token();
    const renewed = await Promise.all(Array.from({ length: 20 }, () => tokens.renew()));
    expect(new Set(renewed)).toEqual(new Set(['access-1']));
    expect(requests).toBe(1);
  });

  it('notices after a sleep of eight hours that its token is old', async () => {
    const tokens = manager();
    await tokens.token();
    clock.sleep(8 * 60 * MINUTE);
    await clock.advance(30_000);
    expect(requests).toBe(1);
    expect(await tokens.token()).toBe('access-1');
  });

  it('renews in time, and once, though the clock was set back by an hour', async () => {
    const tokens = manager();
    await tokens.token();
    await clock.advance(10 * MINUTE);
    clock.set(-60 * MINUTE);
    await clock.advance(4 * MINUTE);
    expect(requests).toBe(1);
    await clock.advance(5 * MINUTE);
    expect(requests).toBe(1);
  });

  it('gives the old token while the server is away, and raises no storm', async () => {
    const tokens = manager();
    await tokens.token();
    respond = () => Promise.reject(new TypeError('fetch failed'));
    await clock.advance(14 * MINUTE);
    expect(await tokens.token()).toBe('access-0');
    await clock.advance(50_000);
    expect(requests).toBeLessThan(12);
    await clock.advance(MINUTE);
    await expect(tokens.token()).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' });
    respond = () => Response.json(pair(99));
    await clock.advance(30_000);
    expect(await tokens.token()).toBe('access-99');
  });

  it.each(['SESSION_REVOKED', 'TOKEN_INVALID', 'TOKEN_EXPIRED'] as const)(
    'tells that the session is lost on %s, and asks no more',
    async (code) => {
      const tokens = manager();
      await tokens.token();
      const lost: string[] = [];
      tokens.on('lost', (error) => lost.push(error.code));
      respond = () => problem(code);
      await expect(tokens.renew()).rejects.toMatchObject({ code });
      expect(lost).toEqual([code]);
      await clock.advance(60 * MINUTE);
      expect(requests).toBe(1);
      await expect(tokens.token()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    },
  );

  it('does not give up the session for what a proxy says', async () => {
    const tokens = manager();
    await tokens.token();
    respond = () => new Response('<h1>Bad gateway</h1>', { status: 502 });
    await expect(tokens.renew()).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' });
    expect(await tokens.token()).toBe('access-0');
  });
});
