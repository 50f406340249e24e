import { type Handler, RemoteDisplayError } from '@remote-display/client';
import type { CommandEnvelope, Evidence, StageTimings } from '@remote-display/protocol';
import type { ChromePort, PaintedDocument } from './chrome-port.ts';
import { displayAt } from './displays.ts';
import { type DocumentWindow, DocumentWindows } from './document-window.ts';
import { navigate, refusalOf } from './navigation.ts';
import { watchPdfViewer } from './pdf-viewer.ts';

export interface ShowDocumentOptions {
  port: ChromePort;
  /** Throws for an address that may not be opened. */
  permit: (url: string) => void;
  /** How long a document may take from the start to its second frame, in ms. */
  timeoutMs: number;
}

/** What stands on a display by our doing. */
interface Standing {
  commandId: string;
  documentId: string;
}

/**
 * The handler of `navigate`. It returns only if the document really stands there: this navigation
 * committed with a good status, the document has painted, the window fills the display, and the
 * display is attached now.
 */
export function showDocument({
  port,
  permit,
  timeoutMs,
}: ShowDocumentOptions): Handler<'navigate'> {
  const windows = new DocumentWindows(port);

  async function show(
    command: CommandEnvelope<'navigate'>,
    signal: AbortSignal,
    since: () => number,
  ): Promise<Evidence> {
    const { displayIndex, document } = command.payload;
    permit(document.url);
    const timings: StageTimings = {};
    const display = displayAt(await port.displays(), displayIndex);
    const window = await windows.on(display, displayIndex);
    timings.placed = since();
    const page = await openAndPaint(window, command, signal, () => {
      timings.loaded = since();
    });
    timings.painted = since();
    return { ...(await prove(window, page, displayIndex)), timings };
  }

  async function openAndPaint(
    window: DocumentWindow,
    { id, payload: { document, displayIndex } }: CommandEnvelope<'navigate'>,
    signal: AbortSignal,
    onLoaded: () => void,
  ): Promise<PaintedDocument> {
    const { tabId } = window;
    const viewer = watchPdfViewer(port, tabId);
    try {
      const { documentId } = await navigate({ port, tabId, url: document.url, permit, signal });
      onLoaded();
      let page = await untilPainted(window, documentId, signal);
      if (page.isPdf) {
        await viewer.has(page.url, signal);
        page = await untilPainted(window, documentId, signal);
      }
      const standing: Standing = { commandId: id, documentId };
      await port.session.set(keyOf(displayIndex), standing);
      return page;
    } finally {
      viewer.stop();
    }
  }

  // After a restart of the worker, what it was about to report may stand there already.
  async function showsAlready(
    command: CommandEnvelope<'navigate'>,
    signal: AbortSignal,
  ): Promise<Evidence | undefined> {
    const { displayIndex } = command.payload;
    const standing = await port.session.get<Standing>(keyOf(displayIndex));
    if (standing?.commandId !== command.id) return undefined;
    try {
      const display = displayAt(await port.displays(), displayIndex);
      const window = await windows.on(display, displayIndex);
      return await prove(
        window,
        await untilPainted(window, standing.documentId, signal),
        displayIndex,
      );
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  async function untilPainted(
    { tabId }: DocumentWindow,
    documentId: string,
    signal: AbortSignal,
  ): Promise<PaintedDocument> {
    let page: PaintedDocument;
    try {
      page = await orAborted(port.painted(tabId, documentId), signal);
    } catch (cause) {
      signal.throwIfAborted();
      throw new RemoteDisplayError('DOCUMENT_LOAD_FAILED', { cause, detail: String(cause) });
    }
    const refused = refusalOf(page.status);
    if (refused) throw refused;
    permit(page.url);
    return page;
  }

  // Asked last, because all of it may have changed since the beginning.
  async function prove(
    window: DocumentWindow,
    page: PaintedDocument,
    displayIndex: number,
  ): Promise<Evidence> {
    const display = displayAt(await port.displays(), displayIndex);
    if (!(await windows.isOn(window, display))) {
      const { state, bounds } = (await port.window(window.windowId)) ?? { state: 'gone' };
      throw new RemoteDisplayError('DISPLAY_NOT_COVERED', {
        detail: `the window is ${state} at ${JSON.stringify(bounds)}`,
      });
    }
    if ((await port.tabUrl(window.tabId)) !== page.url) {
      throw new RemoteDisplayError('DOCUMENT_LOAD_FAILED', {
        detail: 'the document went away by itself',
      });
    }
    const bounds = (await port.window(window.windowId))?.bounds ?? display.bounds;
    return { displayIndex, bounds, status: page.status };
  }

  return async (command, { signal, interrupted, receivedAt }) => {
    const late = AbortSignal.timeout(timeoutMs);
    const either = AbortSignal.any([signal, late]);
    const since = () => performance.now() - receivedAt;
    try {
      const already = interrupted ? await showsAlready(command, either) : undefined;
      return already ?? (await show(command, either, since));
    } catch (error) {
      if (late.aborted && !signal.aborted)
        throw new RemoteDisplayError('DOCUMENT_TIMEOUT', { cause: error });
      throw error;
    }
  };
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function keyOf(index: number): string {
  return `standing:${index}`;
}
