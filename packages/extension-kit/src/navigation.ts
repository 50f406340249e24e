import { RemoteDisplayError } from '@remote-display/client';
import type { ChromePort, NavigationEvent } from './chrome-port.ts';

/** A document that the browser has taken into the main frame, and loaded. */
export interface LoadedDocument {
  documentId: string;
  url: string;
  status: number;
}

export interface Navigation {
  port: ChromePort;
  tabId: number;
  url: string;
  /** Throws for an address that may not be opened; asked at every redirect. */
  permit: (url: string) => void;
  signal: AbortSignal;
}

/**
 * Opens an address and waits until this very navigation has committed with a good status, and the
 * document has loaded. The browser's own word "complete" proves nothing: it comes for errors as for success, and for a 204
 * or a download the old document stays. Throws `DOCUMENT_…` with what went wrong.
 */
export function navigate({
  port,
  tabId,
  url,
  permit,
  signal,
}: Navigation): Promise<LoadedDocument> {
  return new Promise((resolve, reject) => {
    // The address and those it was redirected to: other navigations of the tab are not ours.
    const chain = new Set([withoutFragment(url)]);
    let status = 0;
    let committed: string | undefined;

    const end = (settle: () => void) => {
      stop();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (error: unknown) => end(() => reject(error));
    const onAbort = () => fail(signal.reason);

    const onEvent = (event: NavigationEvent) => {
      if (event.kind === 'redirect') {
        try {
          permit(event.url);
        } catch (error) {
          // What is on its way already is stopped.
          port.navigate(tabId, 'about:blank').catch(() => {});
          return fail(error);
        }
        chain.add(withoutFragment(event.url));
      }
      // A page may give itself another address while it loads; the document stays the same.
      const isOurs = event.kind === 'loaded' || chain.has(withoutFragment(event.url));
      if (!isOurs) return;
      if (event.kind === 'response') status = event.status;
      if (event.kind === 'failed') fail(failureOf(event.error, status));
      if (event.kind === 'committed') {
        committed = event.documentId;
        const refused = refusalOf(status);
        if (refused) fail(refused);
      }
      if (event.kind === 'loaded' && event.documentId === committed) {
        end(() => resolve({ documentId: event.documentId, url: event.url, status }));
      }
    };

    // Listening before anything can happen.
    const stop = port.onNavigation(tabId, onEvent);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else
      port
        .navigate(tabId, url)
        .catch((cause) => fail(new RemoteDisplayError('DOCUMENT_LOAD_FAILED', { cause })));
  });
}

/** What an HTTP status means for a document; nothing where it is good. */
export function refusalOf(status: number): RemoteDisplayError | undefined {
  const detail = `status ${status}`;
  if (status === 204 || status === 205)
    return new RemoteDisplayError('DOCUMENT_NO_CONTENT', { detail });
  if (status >= 500) return new RemoteDisplayError('DOCUMENT_SERVER_ERROR', { detail });
  if (status >= 400) return new RemoteDisplayError('DOCUMENT_NOT_FOUND', { detail });
  return undefined;
}

function failureOf(error: string, status: number): RemoteDisplayError {
  const refused = refusalOf(status);
  if (refused) return refused;
  // Answered well, and yet no document: the browser has taken it for a download.
  if (status >= 200 && error === 'net::ERR_ABORTED') {
    return new RemoteDisplayError('DOCUMENT_DOWNLOADED', { detail: `status ${status}` });
  }
  if (status >= 200) return new RemoteDisplayError('DOCUMENT_LOAD_FAILED', { detail: error });
  return new RemoteDisplayError('DOCUMENT_UNREACHABLE', { detail: error });
}

function withoutFragment(url: string): string {
  return url.split('#')[0] ?? url;
}
