import { ERRORS, RemoteDisplayError, type TokenPair } from '@remote-display/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from './testing/virtual-clock.ts';
import { TokenManager, type TokenStorage } from './token-manager.ts';

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

  it.each([
    ['back', -60 * MINUTE],
    ['forward', 60 * MINUTE],
  ])(
    'renews once, however many ask, when the clock was set %s by an hour in the last minute',
    async (_, by) => {
      const tokens = manager();
      await tokens.token();
      await clock.advance(14 * MINUTE - 1);
      clock.set(by);
      await clock.advance(1);
      const given = await Promise.all(Array.from({ length: 20 }, () => tokens.token()));
      expect(new Set(given)).toEqual(new Set(['access-1']));
      await clock.advance(10 * MINUTE);
      expect(requests).toBe(1);
    },
  );

  it('renews once, however many ask, after a sleep of eight hours', async () => {
    const tokens = manager();
    await tokens.token();
    clock.sleep(8 * 60 * MINUTE);
    const given = await Promise.all(Array.from({ length: 20 }, () => tokens.token()));
    expect(new Set(given)).toEqual(new Set(['access-1']));
    // Its own look at the time comes later, and finds nothing to do.
    await clock.advance(MINUTE);
    expect(requests).toBe(1);
  });

  it('renews once for all whose token the server refused, those that hear of it late included', async () => {
    const tokens = manager();
    const old = await tokens.token();
    expect(await Promise.all([tokens.renew(old), tokens.renew(old)])).toEqual([
      'access-1',
      'access-1',
    ]);
    expect(await tokens.renew(old)).toBe('access-1');
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

  it('asks no more often, however many want a token, while the server is away', async () => {
    const tokens = manager();
    await tokens.token();
    respond = () => Promise.reject(new TypeError('fetch failed'));
    await clock.advance(14 * MINUTE);
    for (let second = 0; second < 120; second++) {
      await Promise.allSettled([tokens.token(), tokens.token(), tokens.renew('access-0')]);
      await clock.advance(1_000);
    }
    // After 1, 2, 4, 8 and then every 10 seconds.
    expect(requests).toBe(15);
    respond = () => Response.json(pair(99));
    await clock.advance(10_000);
    expect(requests).toBe(16);
    expect(await tokens.token()).toBe('access-99');
  });

  it('does not wait any longer when the network is back', async () => {
    const tokens = manager();
    await tokens.token();
    respond = () => Promise.reject(new TypeError('fetch failed'));
    await clock.advance(15 * MINUTE);
    await expect(tokens.token()).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' });
    respond = () => Response.json(pair(99));
    await expect(tokens.token()).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' });
    tokens.hurry();
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

  describe('while a renewal is under way', () => {
    let answer: (response: Response) => void;
    beforeEach(() => {
      respond = () =>
        new Promise((resolve) => {
          answer = resolve;
        });
    });

    it('a session that was cleared stays cleared', async () => {
      const tokens = manager();
      await tokens.token();
      const renewal = tokens.renew();
      await clock.advance(0);
      await tokens.clear();
      answer(Response.json(pair(1)));
      await expect(renewal).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(tokens.token()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    });

    it.each([
      ['new tokens', () => Response.json(pair(1))],
      ['the end of that session', () => problem('SESSION_REVOKED')],
    ])('a session that was begun anew is the one that counts, not %s', async (_, response) => {
      const tokens = manager();
      await tokens.token();
      const told: string[] = [];
      tokens.on('renewed', ({ accessToken }) => told.push(accessToken));
      tokens.on('lost', ({ code }) => told.push(code));
      const renewal = tokens.renew();
      await clock.advance(0);
      await tokens.set(pair(7));
      answer(response());
      expect(await renewal).toBe('access-7');
      expect(await tokens.token()).toBe('access-7');
      expect(told).toEqual(['access-7']);
    });
  });

  describe('where tokens are stored', () => {
    const storage = (given: Partial<TokenStorage> = {}): TokenStorage => ({
      load: async () => pair(0),
      save: async () => {},
      ...given,
    });
    const stored = (store: TokenStorage) =>
      new TokenManager({
        serverUrl: 'https://display.example.com',
        storage: store,
        clock,
        random: () => 0,
        fetch: async () => {
          requests++;
          return respond();
        },
      });

    it('a storage that cannot be read for a moment is read again', async () => {
      let fails = true;
      const tokens = stored(
        storage({
          load: async () => {
            if (fails) throw new Error('locked');
            return pair(0);
          },
        }),
      );
      await expect(tokens.token()).rejects.toMatchObject({ code: 'INTERNAL', retryable: true });
      fails = false;
      expect(await tokens.token()).toBe('access-0');
    });

    it('a renewal goes on, and is told, though it could not be stored', async () => {
      const tokens = stored(storage({ save: () => Promise.reject(new Error('full')) }));
      const told: string[] = [];
      tokens.on('renewed', ({ accessToken }) => told.push(accessToken));
      tokens.on('error', ({ code }) => told.push(code));
      expect(await tokens.renew()).toBe('access-1');
      expect(told).toEqual(['INTERNAL', 'access-1']);
    });

    it('a session that was cleared while it was read does not come back', async () => {
      let read: (tokens: TokenPair) => void = () => {};
      const tokens = stored(
        storage({
          load: () =>
            new Promise((resolve) => {
              read = resolve;
            }),
        }),
      );
      const token = tokens.token();
      await tokens.clear();
      read(pair(0));
      await expect(token).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(tokens.token()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    });
  });
});
