import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import {
  type BrowserContext,
  type CDPSession,
  chromium,
  type Page,
  type Worker,
} from 'playwright-core';

/** A real Chromium without a desktop, with the displays of a station and its extension. */
export interface TestBrowser {
  context: BrowserContext;
  /** The extension's service worker. */
  worker: Worker;
  extensionId: string;
  /** Commands to the browser as a whole, such as plugging displays in and out. */
  cdp: CDPSession;
  close(): Promise<void>;
}

const PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-for-testing',
];

// Its only use is that the extension has the same id each time.
const KEY =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxwJlo6T9Gcen7lmA0DJFCaXGyd2OJQ0tTZ1/tJm4oV/zrLudVHHPcG6PLlXLzCpGqs/NQc+Ftg7HQb2NdCMuNr1x+k21ehCPjg1O37dUTiamY3g02GvfuVm5bhUOhFrHC++lIQpi2kCUp0NTL4F+v7yFZfzFij7DDr3GKHwATZFP7WT3azLIkKzEM9E2lG3Ia3yjS7YUI9YRAoFo9wUbXrFFNNtGJswqaCJFDCrjZFLLhIM1MJH6EUtvOOVoa10PUF8I2VBeksZqNOht3RN7nXtFfm2Pg/DT6ct3jPEAqnuTglFYzPUPK+ZuUNOah47eybYk30fztBxNo9EhGutoWQIDAQAB';

export const EXTENSION_ID = [
  ...createHash('sha256').update(Buffer.from(KEY, 'base64')).digest('hex').slice(0, 32),
]
  .map((digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)])
  .join('');

const MANIFEST = {
  manifest_version: 3,
  name: 'remote-display test station',
  version: '0.1.0',
  key: KEY,
  background: { service_worker: 'worker.js', type: 'module' },
  permissions: ['alarms', 'scripting', 'storage', 'system.display', 'webNavigation', 'webRequest'],
  host_permissions: ['<all_urls>'],
  externally_connectable: { matches: ['http://127.0.0.1/*', 'http://localhost/*'] },
};

export interface LaunchOptions {
  /** TypeScript of the worker. */
  worker: string;
  /** As `--screen-info` takes them. */
  displays?: string;
  /** More of the command line. */
  args?: string[];
}

export async function launch({
  worker,
  displays = '{0,0 1920x1080}{1920,0 1280x1024}',
  args = [],
}: LaunchOptions): Promise<TestBrowser> {
  const executablePath = process.env['CHROMIUM'] ?? PATHS.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error('Chromium is missing: install it or set CHROMIUM to its path');
  const folder = mkdtempSync(join(tmpdir(), 'remote-display-browser-'));
  const extension = join(folder, 'extension');
  await build({
    entryPoints: [worker],
    outfile: join(extension, 'worker.js'),
    bundle: true,
    format: 'esm',
    target: 'chrome120',
    conditions: ['@remote-display/source'],
    logLevel: 'error',
  });
  writeFileSync(join(extension, 'manifest.json'), JSON.stringify(MANIFEST));
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath,
    headless: false,
    viewport: null,
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--screen-info=${displays}`,
      ...args,
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
    ],
  });
  const serviceWorker =
    context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const browser = context.browser();
  if (!browser) throw new Error('no browser');
  const cdp = await browser.newBrowserCDPSession();
  return {
    context,
    worker: serviceWorker,
    extensionId: EXTENSION_ID,
    cdp,
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The page that stands at this address. */
export function pageAt(context: BrowserContext, url: string): Page | undefined {
  return context.pages().find((page) => page.url() === url);
}
