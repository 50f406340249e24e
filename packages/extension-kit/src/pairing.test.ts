import type { Paired } from '@remote-display/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Identity, pairingAnswerer } from './pairing.ts';

const SERVER = 'https://display.example.com';
const hello = { type: 'remote-display.hello' };
const pair = {
  type: 'remote-display.pair',
  serverUrl: SERVER,
  screenId: 'line-3',
  token: 'x'.repeat(43),
};

let became: string[];
let identity: Identity | undefined;
let redeemed: unknown[];

beforeEach(() => {
  became = [];
  redeemed = [];
  identity = undefined;
  // The server is not here; what it would be asked is.
  vi.stubGlobal('fetch', async (url: string, { body }: { body: string }) => {
    redeemed.push([url, JSON.parse(body)]);
    return Response.json({ screenId: 'line-3', name: 'Line 3', tokens: {} } as Paired);
  });
});
afterEach(() => vi.unstubAllGlobals());

const answer = (message: unknown, origin: string | undefined, servers?: string[]) =>
  pairingAnswerer({
    version: '1.0.0',
    servers,
    current: async () => identity,
    become: async (serverUrl) => void became.push(serverUrl),
  })({ message, origin });

describe('pairing', () => {
  it('notices the page, and tells only its own server whose screen this is', async () => {
    expect(await answer(hello, SERVER)).toEqual({ ok: true, version: '1.0.0' });
    identity = { serverUrl: SERVER, screenId: 'line-3', name: 'Line 3' };
    expect(await answer(hello, SERVER)).toEqual({ ok: true, version: '1.0.0', screenId: 'line-3' });
    expect(await answer(hello, 'https://other.example')).toEqual({ ok: true, version: '1.0.0' });
  });

  it('redeems the code at the page’s own server', async () => {
    expect(await answer(pair, SERVER)).toEqual({ ok: true, screenId: 'line-3' });
    expect(redeemed).toEqual([[`${SERVER}/api/pair`, { screenId: 'line-3', token: pair.token }]]);
    expect(became).toEqual([SERVER]);
  });

  it('works over http on this machine', async () => {
    const local = 'http://127.0.0.1:3000';
    expect(await answer({ ...pair, serverUrl: local }, local)).toMatchObject({ ok: true });
  });

  it.each([
    ['a page of another origin', pair, 'https://evil.example', undefined],
    ['a page without an origin', pair, undefined, undefined],
    [
      'http beyond this machine',
      { ...pair, serverUrl: 'http://display.example.com' },
      'http://display.example.com',
      undefined,
    ],
    [
      'a name that looks like this machine',
      { ...pair, serverUrl: 'http://127.0.0.1.evil.example' },
      'http://127.0.0.1.evil.example',
      undefined,
    ],
    ['a server that is not listed', pair, SERVER, ['https://only.example.com']],
  ])('refuses %s', async (_, message, origin, servers) => {
    expect(await answer(message, origin, servers)).toMatchObject({
      ok: false,
      error: { code: 'FORBIDDEN' },
    });
    expect([became, redeemed]).toEqual([[], []]);
  });

  it.each([[null], ['text'], [{}], [{ type: 'something else' }]])('refuses %j', async (message) => {
    expect(await answer(message, SERVER)).toMatchObject({
      ok: false,
      error: { code: 'INVALID_REQUEST' },
    });
  });
});
