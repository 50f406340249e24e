import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { until } from './within.ts';

/** The page that shows the document of this order. That there is one is part of the demo's proof. */
export function documentPage(context: BrowserContext, orderId: string): Page {
  const path = `/documents/${encodeURIComponent(orderId)}`;
  const page = context.pages().find((open) => URL.parse(open.url())?.pathname === path);
  if (!page) throw new Error(`${orderId} is said to be shown, but no window has its document.`);
  return page;
}

const PICTURE_MS = 5_000;
// A PNG of one colour packs to almost nothing; a document has twenty times as much.
const BLANK_BYTES_PER_PIXEL = 0.012;

/** Whether a picture is of one colour, as far as its size tells. */
export function isBlank(png: Buffer): boolean {
  const pixels = png.readUInt32BE(16) * png.readUInt32BE(20);
  return png.length / pixels < BLANK_BYTES_PER_PIXEL;
}

/**
 * Saves what a page shows as a PNG. Fails if it stays blank: then nobody at the monitor sees
 * anything, whatever was reported.
 *
 * @returns how long it was still blank, in ms; 0 when the first look saw something.
 */
export async function picture(page: Page, directory: string, name: string): Promise<number> {
  const start = performance.now();
  let blankMs = 0;
  const png = await until(PICTURE_MS, `The picture ${name} stays blank`, async () => {
    const taken = await page.screenshot({ timeout: PICTURE_MS, animations: 'disabled' });
    if (!isBlank(taken)) return taken;
    blankMs = performance.now() - start;
    return undefined;
  });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `${name}.png`), png);
  return Math.round(blankMs);
}
