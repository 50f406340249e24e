import type { TokenPair } from '@remote-display/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ChromePort, KeyValues } from './chrome-port.ts';
import { startStation } from './station.ts';

const TOKENS: TokenPair = {
  accessToken: 'access',
  accessExpiresAt: Date.now() + 900_000,
  refreshToken: 'refresh',
  refreshExpiresAt: Date.now() + 900_000,
  serverTime: Date.now(),
};

/** Storage of the browser, of which reading the inbox fails as often as a test says. */
function values(
  kept: Record<string, unknown>,
  reading: { fails: number; count: number },
): KeyValues {
  return {
    get: async <T>(key: string) => kept[key] as T | undefined,
    async entries() {
      reading.count++;
      if (reading.fails-- > 0) throw new Error('the storage cannot be read');
      return [];
    },
    async set(key, value) {
      kept[key] = value;
    },
    async remove(keys) {
      for (const key of keys) delete kept[key];
    },
  };
}

function portOf(local: KeyValues, session: KeyValues): ChromePort {
  const port: Partial<ChromePort> = {
    version: '1',
    local,
    session,
    displays: async () => [],
    onDisplaysChanged: () => {},
    onExternalMessage: () => {},
    wakeEvery: () => {},
  };
  return port as ChromePort;
}

// A port that nobody listens on: how it goes on with the server is not the matter here.
const identity = { serverUrl: 'http://127.0.0.1:9', screenId: 'station-1', name: 'Line 1' };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('a station whose storage cannot be read at first tries again until it can', async () => {
  const reading = { fails: 2, count: 0 };
  const session = {};
  const station = startStation({
    chrome: portOf(values({ identity, tokens: TOKENS }, reading), values(session, reading)),
  });
  await station.started;
  await vi.waitFor(() => expect(reading.count).toBe(1));
  expect(station.state?.status).toBe('idle');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reading.count).toBe(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reading.count).toBe(3);
  expect(station.state?.status).not.toBe('idle');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reading.count).toBe(3);
  // The same device in all lives of its worker.
  expect(session).toEqual({ instance: expect.stringMatching(/^[0-9a-f-]{36}$/) });
});
