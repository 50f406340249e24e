import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const NAMES: Partial<Record<NodeJS.Platform, string[]>> = {
  // Chrome itself is last: since version 137 it ignores --load-extension.
  linux: [
    'chromium',
    'chromium-browser',
    'google-chrome-for-testing',
    'microsoft-edge',
    'google-chrome',
  ],
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    join(process.env.LOCALAPPDATA ?? '', 'Chromium\\Application\\chrome.exe'),
    join(process.env['ProgramFiles(x86)'] ?? '', 'Microsoft\\Edge\\Application\\msedge.exe'),
    join(process.env.ProgramFiles ?? '', 'Microsoft\\Edge\\Application\\msedge.exe'),
  ],
};

/** The browser to use: `CHROMIUM` from the environment, else the first of the usual ones. */
export async function findChromium(): Promise<string> {
  const asked = process.env.CHROMIUM;
  const names = asked ? [asked] : (NAMES[process.platform] ?? []);
  const folders = [
    '/usr/bin',
    '/usr/local/bin',
    '/snap/bin',
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  const candidates = names.flatMap((name) =>
    isAbsolute(name) ? [name] : folders.filter(Boolean).map((folder) => join(folder, name)),
  );
  for (const path of candidates) {
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new Error(
    asked
      ? `CHROMIUM names "${asked}", which is not there or may not be run.`
      : 'No Chromium was found. Install it (Debian: apt install chromium) or set CHROMIUM to its path.',
  );
}

const QUIET = [
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The page of the operator works behind the document's window too.
  '--disable-features=CalculateNativeWinOcclusion',
];

// A desk with a wide monitor and, to its right, the one for the documents.
const TWO_DISPLAYS = '--screen-info={0,0 1920x1080}{1920,0 1280x1024}';

export interface LaunchOptions {
  headless: boolean;
  profile: string;
  /** Folder of the built extension. */
  extension: string;
}

/** Starts Chromium with the station's extension; headless, on two displays that exist only for it. */
export async function launchChromium({
  headless,
  profile,
  extension,
}: LaunchOptions): Promise<BrowserContext> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launchPersistentContext(profile, {
    executablePath: await findChromium(),
    headless: false,
    viewport: null,
    timeout: 30_000,
    // The demo ends the browser itself, together with the server.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      ...QUIET,
      ...(headless ? ['--headless=new', '--disable-gpu', TWO_DISPLAYS] : []),
      // Chromium refuses its sandbox to root, which is what a container usually runs as.
      ...(isRoot ? ['--no-sandbox'] : []),
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
    ],
  });
}

/**
 * Gives the operator's window room. The flags of the command line for that would hold for every
 * window, those of the documents too.
 */
export async function placeOperatorWindow(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { windowId } = await session.send('Browser.getWindowForTarget');
  const bounds = { left: 0, top: 0, width: 1440, height: 1000 };
  await session.send('Browser.setWindowBounds', { windowId, bounds });
  await session.detach();
}
