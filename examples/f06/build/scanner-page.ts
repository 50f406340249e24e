import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FONT_FACES } from '../documents/fonts.ts';
import { bundle } from './bundle.ts';

/** What the scanner page is made of, ready to be served. */
export interface ScannerPage {
  html: string;
  script: string;
  style: string;
}

const scanner = (name: string) => fileURLToPath(new URL(`../scanner/${name}`, import.meta.url));

export async function buildScannerPage(): Promise<ScannerPage> {
  const [html, page, card, script] = await Promise.all([
    readFile(scanner('index.html'), 'utf8'),
    readFile(scanner('style.css'), 'utf8'),
    readFile(scanner('scan-card.css'), 'utf8'),
    bundle(scanner('main.ts')),
  ]);
  return { html, script, style: `${FONT_FACES}\n${page}\n${card}` };
}
