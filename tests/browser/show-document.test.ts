import { fileURLToPath } from 'node:url';
import type { Evidence } from '@remote-display/protocol';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launch, pageAt, type TestBrowser } from './support/chromium.ts';
import { type FaultServer, startFaultServer } from './support/fault-server.ts';

type Answer = { id: string; state: string; code?: string; detail?: string; evidence: Evidence };
type HandlerWorker = {
  show?(
    url: string,
    index: number,
    origins: string[],
    timeoutMs: number,
    interrupted?: string,
  ): Promise<Answer>;
};

const WORKER = fileURLToPath(new URL('./support/handler-worker.ts', import.meta.url));
const REFUSED = 'http://127.0.0.1:9';
const NAMELESS = 'http://name.invalid';

let browser: TestBrowser;
let documents: FaultServer;
let first: Page;

beforeAll(async () => {
  documents = await startFaultServer();
  browser = await launch({ worker: WORKER });
  await vi.waitUntil(() => browser.worker.evaluate(() => 'show' in globalThis));
  [first] = browser.context.pages() as [Page];
  await first.setContent('<textarea autofocus></textarea>');
  await first.bringToFront();
  await first.locator('textarea').focus();
});
afterAll(async () => {
  await browser.close();
  await documents.close();
});

function show(
  path: string,
  { displayIndex = 1, timeoutMs = 10_000, interrupted = '' } = {},
): Promise<Answer> {
  const url = path.includes('://') || path.includes(':,') ? path : documents.origin + path;
  const origins = [documents.origin, REFUSED, NAMELESS];
  return browser.worker.evaluate(
    async ([url, displayIndex, origins, timeoutMs, interrupted]) => {
      const worker = globalThis as HandlerWorker;
      if (!worker.show) throw new Error('the worker has not begun');
      return worker.show(url, displayIndex, origins, timeoutMs, interrupted || undefined);
    },
    [url, displayIndex, origins, timeoutMs, interrupted] as const,
  );
}

const windows = () =>
  browser.worker.evaluate(() => chrome.windows.getAll({ windowTypes: ['popup'] }));

describe('a document', () => {
  it('stands full screen on the second display, in a window that is used again', async () => {
    const answer = await show('/ok-1');
    expect(answer).toMatchObject({
      state: 'shown',
      evidence: {
        displayIndex: 1,
        status: 200,
        bounds: { left: 1920, top: 0, width: 1280, height: 1024 },
      },
    });
    const { placed = 0, loaded = 0, painted = 0 } = answer.evidence.timings ?? {};
    expect([placed, loaded, painted]).toEqual([placed, loaded, painted].sort((a, b) => a - b));
    const [window] = await windows();
    expect(window).toMatchObject({
      state: 'fullscreen',
      left: 1920,
      top: 0,
      width: 1280,
      height: 1024,
      focused: false,
    });
    const page = pageAt(browser.context, `${documents.origin}/ok-1`);
    expect(await page?.textContent('h1')).toBe('/ok-1');
    expect(await page?.evaluate(() => [screenX, innerWidth, innerHeight])).toEqual([
      1920, 1280, 1024,
    ]);
    for (const path of ['/ok-2', '/pdf', '/ok-3#here', '/ok-3#here', '/in']) {
      expect(await show(path)).toMatchObject({ state: 'shown' });
    }
    expect((await windows()).map(({ id }) => id)).toEqual([window?.id]);
  });

  it('that is a PDF is really drawn', async () => {
    expect(await show('/pdf')).toMatchObject({ state: 'shown', evidence: { status: 200 } });
    const page = pageAt(browser.context, `${documents.origin}/pdf`);
    expect(await page?.evaluate(() => document.contentType)).toBe('application/pdf');
  });

  it('is put back where it belongs when its window was moved', async () => {
    await show('/ok-1');
    const [window] = await windows();
    await browser.worker.evaluate(async (id) => {
      await chrome.windows.update(id, { state: 'normal' });
      await chrome.windows.update(id, { left: 100, top: 100, width: 400, height: 300 });
    }, window?.id ?? 0);
    expect(await show('/ok-2')).toMatchObject({ state: 'shown' });
    expect((await windows())[0]).toMatchObject({ id: window?.id, state: 'fullscreen', left: 1920 });
  });

  it('gets a new window when a person has closed the old one', async () => {
    await show('/ok-1');
    const [window] = await windows();
    await browser.worker.evaluate((id) => chrome.windows.remove(id), window?.id ?? 0);
    expect(await show('/ok-2')).toMatchObject({ state: 'shown' });
    expect((await windows()).length).toBe(1);
  });

  it('is shown without a reload when it was only not told', async () => {
    const { id } = await show('/ok-1');
    const page = pageAt(browser.context, `${documents.origin}/ok-1`);
    await page?.evaluate(() => Object.assign(globalThis, { marked: true }));
    expect(await show('/ok-1', { interrupted: id })).toMatchObject({ state: 'shown' });
    expect(await page?.evaluate(() => 'marked' in globalThis)).toBe(true);
    expect(await show('/ok-1', { interrupted: 'another' })).toMatchObject({ state: 'shown' });
    expect(await page?.evaluate(() => 'marked' in globalThis)).toBe(false);
  });
});

describe('what is not there is never said to be shown', () => {
  it.each([
    ['/404', 'DOCUMENT_NOT_FOUND'],
    ['/500', 'DOCUMENT_SERVER_ERROR'],
    ['/500-empty', 'DOCUMENT_SERVER_ERROR'],
    ['/204', 'DOCUMENT_NO_CONTENT'],
    ['/download', 'DOCUMENT_DOWNLOADED'],
    [`${REFUSED}/`, 'DOCUMENT_UNREACHABLE'],
    [`${NAMELESS}/`, 'DOCUMENT_UNREACHABLE'],
    ['/hang', 'DOCUMENT_TIMEOUT'],
    ['/half', 'DOCUMENT_TIMEOUT'],
    ['/out', 'DOCUMENT_BLOCKED'],
    ['http://elsewhere.example.com/', 'DOCUMENT_BLOCKED'],
    ['file:///etc/hostname', 'DOCUMENT_BLOCKED'],
    ['data:,hello', 'DOCUMENT_BLOCKED'],
  ])('%s is %s, and the next good one is shown', async (path, code) => {
    expect(await show(path, { timeoutMs: 1_500 })).toMatchObject({ state: 'failed', code });
    expect(await show('/ok-after')).toMatchObject({ state: 'shown' });
  });

  it('on a display that is not attached', async () => {
    expect(await show('/ok', { displayIndex: 2 })).toMatchObject({ code: 'DISPLAY_NOT_AVAILABLE' });
  });
});

describe('the keyboard', () => {
  it('stays with the first display while documents are placed, cold and warm', async () => {
    const session = await browser.context.newCDPSession(first);
    await first.bringToFront();
    await first.locator('textarea').fill('');
    await first.locator('textarea').focus();
    const [window] = await windows();
    if (window?.id !== undefined) {
      await browser.worker.evaluate((id) => chrome.windows.remove(id), window.id);
    }
    // The browser's own word for where the keyboard is: the driver makes every page believe that it has it.
    await browser.worker.evaluate(() => {
      const focused: number[] = [];
      Object.assign(globalThis, { focused });
      chrome.windows.onFocusChanged.addListener((id) => focused.push(id));
    });
    const keys = '01234567890123456789';
    const placing = (async () => {
      for (const path of ['/ok-cold', '/ok-warm', '/pdf']) {
        expect(await show(path)).toMatchObject({ state: 'shown' });
      }
    })();
    for (const key of keys) {
      await session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: key });
      await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key });
    }
    await placing;
    expect(await first.locator('textarea').inputValue()).toBe(keys);
    const [popup] = await windows();
    const gained = await browser.worker.evaluate(
      () => (globalThis as unknown as { focused: number[] }).focused,
    );
    expect(gained).not.toContain(popup?.id);
    const focused = await browser.worker.evaluate(async () =>
      (await chrome.windows.getAll()).filter((window) => window.focused).map(({ type }) => type),
    );
    expect(focused).toEqual(['normal']);
  });
});

describe('a display that was unplugged', () => {
  it('is not available, though its window looks well; plugged in again, it is used again', async () => {
    expect(await show('/ok-before')).toMatchObject({ state: 'shown' });
    const send = browser.cdp.send.bind(browser.cdp) as (
      method: string,
      parameters?: object,
    ) => Promise<{ screenInfos: { id: string; isPrimary: boolean }[] }>;
    const { screenInfos } = await send('Emulation.getScreenInfos');
    const second = screenInfos.find(({ isPrimary }) => !isPrimary);
    await send('Emulation.removeScreen', { screenId: second?.id });
    const page = pageAt(browser.context, `${documents.origin}/ok-before`);
    expect(await page?.evaluate(() => document.visibilityState)).toBe('visible');
    expect(await show('/ok-gone')).toMatchObject({
      state: 'failed',
      code: 'DISPLAY_NOT_AVAILABLE',
    });
    await send('Emulation.addScreen', { left: 1920, top: 0, width: 1280, height: 1024 });
    expect(await show('/ok-back')).toMatchObject({ state: 'shown', evidence: { displayIndex: 1 } });
  });
});
