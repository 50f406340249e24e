import { RemoteDisplayError } from '@remote-display/client';
import { describe, expect, it } from 'vitest';
import type { ChromePort, NavigationEvent } from './chrome-port.ts';
import { navigate } from './navigation.ts';

const URL_A = 'https://docs.example.com/a';

/** Opens an address in a tab to which these things then happen. */
function opening(...events: NavigationEvent[]) {
  const opened: string[] = [];
  let listeners = 0;
  const port = {
    onNavigation: (_: number, listener: (event: NavigationEvent) => void) => {
      listeners++;
      queueMicrotask(() => events.forEach(listener));
      return () => listeners--;
    },
    navigate: async (_: number, url: string) => void opened.push(url),
  } as unknown as ChromePort;
  const permit = (url: string) => {
    if (!url.startsWith('https://docs.')) throw new RemoteDisplayError('DOCUMENT_BLOCKED');
  };
  const abort = new AbortController();
  const loaded = navigate({ port, tabId: 1, url: URL_A, permit, signal: abort.signal });
  return { loaded, opened, abort, listeners: () => listeners };
}

const committed: NavigationEvent = { kind: 'committed', url: URL_A, documentId: 'd1' };
const loaded: NavigationEvent = { kind: 'loaded', url: URL_A, documentId: 'd1' };
const response = (status: number, url = URL_A): NavigationEvent => ({
  kind: 'response',
  url,
  status,
});
const failed = (error: string, url = URL_A): NavigationEvent => ({ kind: 'failed', url, error });

describe('a navigation', () => {
  it('is done when this document has committed and loaded, and then listens no more', async () => {
    const { loaded: done, listeners } = opening(response(200), committed, loaded);
    expect(await done).toEqual({ documentId: 'd1', url: URL_A, status: 200 });
    expect(listeners()).toBe(0);
  });

  it('follows redirects that are permitted', async () => {
    const url = 'https://docs.example.com/b';
    const events: NavigationEvent[] = [
      { kind: 'redirect', url },
      response(200, url),
      { ...committed, url } as NavigationEvent,
      { ...loaded, url } as NavigationEvent,
    ];
    expect(await opening(...events).loaded).toMatchObject({ url });
  });

  it('out of the allow-list is stopped', async () => {
    const { loaded: done, opened } = opening({ kind: 'redirect', url: 'https://evil.example/' });
    await expect(done).rejects.toMatchObject({ code: 'DOCUMENT_BLOCKED' });
    expect(opened).toEqual([URL_A, 'about:blank']);
  });

  it.each([
    ['DOCUMENT_NOT_FOUND', [response(404), committed, loaded]],
    ['DOCUMENT_SERVER_ERROR', [response(503), committed]],
    ['DOCUMENT_NO_CONTENT', [response(204), failed('net::ERR_ABORTED')]],
    ['DOCUMENT_DOWNLOADED', [response(200), failed('net::ERR_ABORTED')]],
    ['DOCUMENT_UNREACHABLE', [failed('net::ERR_CONNECTION_REFUSED')]],
    ['DOCUMENT_LOAD_FAILED', [response(200), failed('net::ERR_INCOMPLETE_CHUNKED_ENCODING')]],
  ] as const)('ends as %s', async (code, events) => {
    await expect(opening(...events).loaded).rejects.toMatchObject({ code });
  });

  it('is not ended by what happens to another one', async () => {
    const other = 'https://docs.example.com/other';
    const { loaded: done, abort } = opening(
      failed('net::ERR_ABORTED', other),
      { ...committed, url: other } as NavigationEvent,
      { ...loaded, url: other } as NavigationEvent,
      response(200),
      committed,
    );
    // Committed, and never loaded: that is not yet there.
    let ended = false;
    void done
      .catch(() => {})
      .finally(() => {
        ended = true;
      });
    await new Promise((resolve) => setTimeout(resolve));
    expect(ended).toBe(false);
    abort.abort(new Error('superseded'));
    await expect(done).rejects.toThrow('superseded');
  });
});
