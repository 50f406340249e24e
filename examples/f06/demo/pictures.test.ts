import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { isBlank } from './pictures.ts';

/** As much of a PNG as is looked at: its size in the header, its pixels packed. */
function png(width: number, height: number, pixel: (index: number) => number): Buffer {
  const header = Buffer.alloc(33);
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  const pixels = Uint8Array.from({ length: width * height }, (_, index) => pixel(index));
  return Buffer.concat([header, deflateSync(pixels)]);
}

it('tells a display of one colour from one with a document', () => {
  expect(isBlank(png(1280, 1024, () => 40))).toBe(true);
  // Grey values without a pattern on every tenth line, as letters have.
  const text = (index: number) =>
    Math.floor(index / 1280) % 10 === 0 ? Math.imul(index, 2_654_435_761) >>> 24 : 255;
  expect(isBlank(png(1280, 1024, text))).toBe(false);
});
