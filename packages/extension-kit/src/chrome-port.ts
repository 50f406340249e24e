import type { Bounds } from '@remote-display/protocol';

/** A monitor as the browser knows it. Its id and its place in the list may change at any time. */
export interface AttachedDisplay {
  id: string;
  name: string;
  primary: boolean;
  bounds: Bounds;
}

export interface BrowserWindow {
  id: number;
  state: string;
  bounds: Bounds;
}

/** What happens to the main frame of a tab, from the network's side and from the frame's. */
export type NavigationEvent =
  | { kind: 'request'; url: string }
  | { kind: 'redirect'; url: string }
  | { kind: 'response'; url: string; status: number }
  | { kind: 'committed'; url: string; documentId: string }
  | { kind: 'loaded'; url: string; documentId: string }
  | { kind: 'failed'; url: string; error: string }
  /** A frame inside the document has loaded; the browser's PDF viewer draws in one of the document's own address. */
  | { kind: 'frame'; url: string };

/** What a document says of itself after it has painted. */
export interface PaintedDocument {
  url: string;
  /** HTTP status; 0 where the browser does not say. */
  status: number;
  /** It is drawn by the browser's PDF viewer. */
  isPdf: boolean;
}

/** A few values that outlive the worker (`local`), or the worker but not the browser (`session`). */
export interface KeyValues {
  get<T>(key: string): Promise<T | undefined>;
  /** Every value whose key begins so. */
  entries<T>(prefix: string): Promise<[key: string, value: T][]>;
  set(key: string, value: unknown): Promise<void>;
  remove(keys: string[]): Promise<void>;
}

export interface ExternalMessage {
  message: unknown;
  /** The origin of the page that sent it, as the browser vouches for it. */
  origin: string | undefined;
}

/** All that the kit asks of the browser. Everything else is plain logic over this. */
export interface ChromePort {
  readonly version: string;
  readonly local: KeyValues;
  readonly session: KeyValues;
  displays(): Promise<AttachedDisplay[]>;
  onDisplaysChanged(listener: () => void): void;
  /** Opens a window without focus. */
  createWindow(bounds: Bounds): Promise<{ windowId: number; tabId: number }>;
  window(windowId: number): Promise<BrowserWindow | undefined>;
  /** Moves a window in the state `normal`, without focus. */
  moveWindow(windowId: number, bounds: Bounds): Promise<void>;
  closeWindow(windowId: number): Promise<void>;
  /** Fills the display on which the window stands, without focus. */
  fillDisplay(windowId: number): Promise<void>;
  /** The address of a tab's document, or nothing where the tab is gone or has crashed. */
  tabUrl(tabId: number): Promise<string | undefined>;
  navigate(tabId: number, url: string): Promise<void>;
  onNavigation(tabId: number, listener: (event: NavigationEvent) => void): () => void;
  /** Resolves when this very document, which has loaded, has painted two frames. */
  painted(tabId: number, documentId: string): Promise<PaintedDocument>;
  /** Answers pages that may speak to the extension. */
  onExternalMessage(answer: (message: ExternalMessage) => Promise<unknown>): void;
  /** Wakes the worker again and again. */
  wakeEvery(minutes: number): void;
}

/** The real browser. The only code that touches `chrome`. */
export function chromePort(): ChromePort {
  return {
    version: chrome.runtime.getManifest().version,
    local: keyValues(chrome.storage.local),
    session: keyValues(chrome.storage.session),
    async displays() {
      const displays = await chrome.system.display.getInfo();
      return displays
        .filter(({ isEnabled }) => isEnabled)
        .map(({ id, name, isPrimary, bounds }) => ({
          id,
          name,
          primary: isPrimary,
          bounds: boundsOf(bounds),
        }));
    },
    onDisplaysChanged: (listener) => chrome.system.display.onDisplayChanged.addListener(listener),
    async createWindow(bounds) {
      const blank = blankTabs();
      const url = 'about:blank';
      const window = await chrome.windows.create({ ...bounds, url, type: 'popup', focused: false });
      const tabId = window?.tabs?.[0]?.id;
      if (window?.id === undefined || tabId === undefined) throw new Error('no window was made');
      await blank.ready(tabId);
      return { windowId: window.id, tabId };
    },
    async window(windowId) {
      const window = await chrome.windows.get(windowId).catch(() => undefined);
      if (window?.id === undefined) return undefined;
      return { id: window.id, state: window.state ?? 'normal', bounds: boundsOf(window) };
    },
    async moveWindow(windowId, bounds) {
      await chrome.windows.update(windowId, { ...bounds, focused: false });
    },
    async closeWindow(windowId) {
      await chrome.windows.remove(windowId);
    },
    async fillDisplay(windowId) {
      // `focused: false` is refused here; a window without focus stays without it.
      await chrome.windows.update(windowId, { state: 'fullscreen' });
    },
    async tabUrl(tabId) {
      const tab = await chrome.tabs.get(tabId).catch(() => undefined);
      // A crash sends no event; this is its only sign.
      return tab?.status === 'unloaded' ? undefined : tab?.url;
    },
    async navigate(tabId, url) {
      const { url: current = '' } = await chrome.tabs.get(tabId);
      await chrome.tabs.update(tabId, { url });
      // The same address with a fragment would only scroll; what is asked for is the document anew.
      const isFragment = url.includes('#') && withoutFragment(url) === withoutFragment(current);
      if (isFragment) await chrome.tabs.reload(tabId);
    },
    onNavigation,
    async painted(tabId, documentId) {
      const target = { tabId, documentIds: [documentId] };
      const [injected] = await chrome.scripting.executeScript({ target, func: untilPainted });
      const result = injected?.result as PaintedDocument | undefined;
      if (!result) throw new Error('the document did not answer');
      return result;
    },
    onExternalMessage(answer) {
      chrome.runtime.onMessageExternal.addListener((message: unknown, sender, respond) => {
        answer({ message, origin: sender.origin }).then(respond, () => respond(undefined));
        // The answer comes later.
        return true;
      });
    },
    wakeEvery(minutes) {
      chrome.alarms.onAlarm.addListener(() => {});
      void chrome.alarms.create('remote-display', { periodInMinutes: minutes });
    },
  };
}

const BLANK_MS = 5_000;

// A tab that is sent elsewhere before its blank page has completed loses one of the two: the new
// document is aborted, or never completes.
function blankTabs(): { ready: (tabId: number) => Promise<void> } {
  const completed = new Set<number>();
  let look = () => {};
  const onCompleted = ({ tabId, frameId }: { tabId: number; frameId: number }) => {
    if (frameId === 0) completed.add(tabId);
    look();
  };
  chrome.webNavigation.onCompleted.addListener(onCompleted);
  return {
    ready: (tabId) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(timer);
          chrome.webNavigation.onCompleted.removeListener(onCompleted);
        };
        const timer = setTimeout(() => {
          stop();
          reject(new Error('the new window stays without a page'));
        }, BLANK_MS);
        look = () => {
          if (!completed.has(tabId)) return;
          stop();
          resolve();
        };
        look();
      }),
  };
}

function keyValues(area: chrome.storage.StorageArea): KeyValues {
  return {
    get: async <T>(key: string) => (await area.get(key))[key] as T | undefined,
    async entries<T>(prefix: string) {
      const all = Object.entries(await area.get(null));
      return all.filter(([key]) => key.startsWith(prefix)) as [string, T][];
    },
    set: (key, value) => area.set({ [key]: value }),
    remove: (keys) => area.remove(keys),
  };
}

interface DocumentDetails {
  tabId: number;
  frameId: number;
  url: string;
  documentId: string;
}

function onNavigation(tabId: number, listener: (event: NavigationEvent) => void): () => void {
  const filter = { urls: ['<all_urls>'], types: ['main_frame' as const], tabId };
  const onRequest = ({ url }: { url: string }) => void listener({ kind: 'request', url });
  const onRedirect = ({ redirectUrl }: { redirectUrl: string }) =>
    listener({ kind: 'redirect', url: redirectUrl });
  const onResponse = ({ url, statusCode: status }: { url: string; statusCode: number }) =>
    void listener({ kind: 'response', url, status });
  const onDocument = (kind: 'committed' | 'loaded') => (details: DocumentDetails) => {
    if (details.tabId !== tabId || details.frameId !== 0) return;
    listener({ kind, url: details.url, documentId: details.documentId });
  };
  const onCommitted = onDocument('committed');
  const onTopLoaded = onDocument('loaded');
  const onLoaded = (details: DocumentDetails) => {
    onTopLoaded(details);
    if (details.tabId === tabId && details.frameId !== 0)
      listener({ kind: 'frame', url: details.url });
  };
  const onFailed = (details: { tabId: number; frameId: number; url: string; error: string }) => {
    if (details.tabId !== tabId || details.frameId !== 0) return;
    listener({ kind: 'failed', url: details.url, error: details.error });
  };
  chrome.webRequest.onBeforeRequest.addListener(onRequest, filter);
  chrome.webRequest.onBeforeRedirect.addListener(onRedirect, filter);
  chrome.webRequest.onHeadersReceived.addListener(onResponse, filter);
  chrome.webNavigation.onCommitted.addListener(onCommitted);
  chrome.webNavigation.onCompleted.addListener(onLoaded);
  chrome.webNavigation.onErrorOccurred.addListener(onFailed);
  return () => {
    chrome.webRequest.onBeforeRequest.removeListener(onRequest);
    chrome.webRequest.onBeforeRedirect.removeListener(onRedirect);
    chrome.webRequest.onHeadersReceived.removeListener(onResponse);
    chrome.webNavigation.onCommitted.removeListener(onCommitted);
    chrome.webNavigation.onCompleted.removeListener(onLoaded);
    chrome.webNavigation.onErrorOccurred.removeListener(onFailed);
  };
}

// Runs inside the document, so it may use nothing from out here. It must not wait for the load: an
// injected script holds the load event back until it has ended.
async function untilPainted(): Promise<PaintedDocument> {
  for (let frame = 0; frame < 2; frame++)
    await new Promise((resolve) => requestAnimationFrame(resolve));
  const [navigation] = performance.getEntriesByType('navigation');
  const { responseStatus = 0 } = (navigation ?? {}) as PerformanceNavigationTiming;
  const isPdf = document.contentType === 'application/pdf';
  return { url: location.href, status: responseStatus, isPdf };
}

function boundsOf(from: Partial<Bounds>): Bounds {
  const { left = 0, top = 0, width = 0, height = 0 } = from;
  return { left, top, width, height };
}

function withoutFragment(url: string): string {
  return url.split('#')[0] ?? url;
}
