import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';

/** The page that shows the document of this order. That there is one is part of the demo's proof. */
export function documentPage(context: BrowserContext, orderId: string): Page {
  const path = `/documents/${encodeURIComponent(orderId)}`;
  const page = context.pages().find((open) => URL.parse(open.url())?.pathname === path);
  if (!page) throw new Error(`${orderId} is said to be shown, but no window has its document.`);
  return page;
}

/** Saves what a page shows as a PNG. */
export async function picture(page: Page, directory: string, name: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await page.screenshot({
    path: join(directory, `${name}.png`),
    timeout: 15_000,
    animations: 'disabled',
  });
}
