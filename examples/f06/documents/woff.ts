import { inflateSync } from 'node:zlib';

const HEADER = { woff: 44, sfnt: 12 };
const RECORD = { woff: 20, sfnt: 16 };
const padded = (length: number) => (length + 3) & ~3;

/**
 * A WOFF 1 font as the plain TrueType inside it. PDFKit's reader stumbles over the packed tables
 * of a WOFF with this many glyphs; unpacked, it reads them well.
 */
export function unpackWoff(woff: Buffer): Buffer {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('This is not a WOFF 1 font.');
  const count = woff.readUInt16BE(12);
  const font = Buffer.alloc(woff.readUInt32BE(16));
  const power = 2 ** Math.floor(Math.log2(count));
  font.writeUInt32BE(woff.readUInt32BE(4), 0);
  font.writeUInt16BE(count, 4);
  font.writeUInt16BE(power * 16, 6);
  font.writeUInt16BE(Math.log2(power), 8);
  font.writeUInt16BE((count - power) * 16, 10);

  let offset = HEADER.sfnt + count * RECORD.sfnt;
  for (let index = 0; index < count; index += 1) {
    const from = HEADER.woff + index * RECORD.woff;
    const [start, packed, length, checksum] = [4, 8, 12, 16].map((at) =>
      woff.readUInt32BE(from + at),
    ) as [number, number, number, number];
    const data = woff.subarray(start, start + packed);
    (packed < length ? inflateSync(data) : data).copy(font, offset);
    const to = HEADER.sfnt + index * RECORD.sfnt;
    woff.copy(font, to, from, from + 4);
    font.writeUInt32BE(checksum, to + 4);
    font.writeUInt32BE(offset, to + 8);
    font.writeUInt32BE(length, to + 12);
    offset += padded(length);
  }
  return font;
}
