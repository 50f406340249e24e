import type { ChromePort } from './chrome-port.ts';

/** Sees when the browser's PDF viewer in a tab has a document, which is a moment after the tab has. */
export interface PdfViewer {
  /** Resolves when it has this one; rejects when `signal` aborts. */
  has(url: string, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Begins to look; before the document is opened, so that nothing is missed. */
export function watchPdfViewer(port: ChromePort, tabId: number): PdfViewer {
  const seen = new Set<string>();
  let look = () => {};
  const stop = port.onNavigation(tabId, (event) => {
    if (event.kind === 'frame') seen.add(withoutFragment(event.url));
    look();
  });
  return {
    stop,
    has: (url, signal) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (signal.aborted) reject(signal.reason);
          else if (seen.has(withoutFragment(url))) resolve();
        };
        signal.addEventListener('abort', look, { once: true });
        look();
      }),
  };
}

function withoutFragment(url: string): string {
  return url.split('#')[0] ?? url;
}
