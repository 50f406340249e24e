import type { Page } from 'playwright-core';
import type { Timings } from '../scanner/timings.ts';
import { scanBarcode } from './keyboard.ts';
import { within } from './within.ts';

/** What the scanner page says of one scan. */
export interface ScanResult {
  orderId: string;
  commandId: string | undefined;
  state: string;
  displayIndex: number;
  /** ms since the last key of the scan. */
  timings: Timings;
  /** Error code of a scan that was not shown. */
  error?: string | undefined;
  /** What a developer wants to know of the error. */
  detail?: string | undefined;
}

const RESULT_MS = 60_000;

/** Opens the scanner page and waits until it is connected. */
export async function openScanner(page: Page, serverUrl: string): Promise<void> {
  await page.goto(`${serverUrl}/scanner`, { timeout: 15_000 });
  await page.locator('body[data-link=online][data-station=online]').waitFor({ timeout: 20_000 });
  await page.bringToFront();
}

/** Scans orders on the page and reads off the page what became of each. */
export async function scanner(page: Page): Promise<(orderId: string) => Promise<ScanResult>> {
  const session = await page.context().newCDPSession(page);
  let last = 0;
  return async (orderId) => {
    await within(10_000, `The keys of ${orderId} were not taken`, scanBarcode(session, orderId));
    const card = await page.waitForFunction(
      readSettled,
      { orderId, after: last },
      { timeout: RESULT_MS },
    );
    const { scannedAt, ...result } = (await card.jsonValue()) as ScanResult & { scannedAt: number };
    last = scannedAt;
    return result;
  };
}

/** Runs in the page: the newest card, once it is of this scan and has ended. */
function readSettled({ orderId, after }: { orderId: string; after: number }) {
  const data = document.querySelector<HTMLElement>('#current .scan')?.dataset;
  const scannedAt = Number(data?.scannedAt);
  const moving = ['sending', 'queued', 'dispatched', 'received'];
  if (!data || data.orderId !== orderId || scannedAt <= after || moving.includes(data.state ?? ''))
    return undefined;
  return {
    orderId,
    commandId: data.commandId,
    state: data.state ?? '',
    displayIndex: Number(data.displayIndex),
    timings: JSON.parse(data.timings ?? '{}'),
    scannedAt,
    ...(data.error ? { error: data.error } : {}),
    ...(data.detail ? { detail: data.detail } : {}),
  };
}
