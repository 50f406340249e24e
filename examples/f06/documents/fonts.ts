import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { unpackWoff } from './woff.ts';

const require = createRequire(import.meta.url);

/** The weights that the documents use. */
export const WEIGHTS = [400, 700, 800] as const;
export type Weight = (typeof WEIGHTS)[number];

const files = new Map<string, Promise<Buffer>>();

/** Reads a file once. */
function once(name: string, load: () => Promise<Buffer>): Promise<Buffer> {
  const loading = files.get(name) ?? load();
  files.set(name, loading);
  return loading;
}

const read = (weight: Weight, format: 'woff' | 'woff2') =>
  readFile(
    require.resolve(
      `@fontsource/nanum-gothic/files/nanum-gothic-korean-${weight}-normal.${format}`,
    ),
  );

/**
 * Nanum Gothic with all 11,172 Hangul syllables and Latin. It comes from a package, so that a
 * station without any Korean font still shows every document as it was meant.
 */
export const webFont = (weight: Weight): Promise<Buffer> =>
  once(`${weight}.woff2`, () => read(weight, 'woff2'));

/** The same font as TrueType, to be embedded in a PDF. */
export const pdfFont = (weight: Weight): Promise<Buffer> =>
  once(`${weight}.ttf`, async () => unpackWoff(await read(weight, 'woff')));

/** The font as CSS; the files are served under `/fonts/`. */
export const FONT_FACES = WEIGHTS.map(
  (weight) =>
    `@font-face{font-family:"Nanum Gothic";font-weight:${weight};font-display:block;` +
    `src:url("/fonts/${weight}.woff2") format("woff2")}`,
).join('\n');
