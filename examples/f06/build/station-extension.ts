import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';

const station = (name: string) => fileURLToPath(new URL(`../station/${name}`, import.meta.url));

/** Where the built extension lies; "Load unpacked" takes this folder. */
export const STATION_DIRECTORY = fileURLToPath(new URL('../.cache/station', import.meta.url));

/** Builds the extension into `directory`, which it gives back. */
export async function buildStation(directory = STATION_DIRECTORY): Promise<string> {
  const [manifest, worker] = await Promise.all([
    readFile(station('manifest.json'), 'utf8'),
    bundle(station('worker.ts')),
  ]);
  await mkdir(directory, { recursive: true });
  await Promise.all([
    writeFile(join(directory, 'manifest.json'), manifest),
    writeFile(join(directory, 'worker.js'), worker),
  ]);
  return directory;
}

/** The id that Chromium gives the extension: made from the key in its manifest, so always the same. */
export async function stationId(): Promise<string> {
  const { key } = JSON.parse(await readFile(station('manifest.json'), 'utf8')) as { key: string };
  const hash = createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex');
  return [...hash.slice(0, 32)]
    .map((digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)])
    .join('');
}
