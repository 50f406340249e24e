// Widths of bar, gap, bar, gap, bar, gap for the values 0 to 102, then the three starts (ISO/IEC 15417).
const WIDTHS =
  '212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221' +
  '223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321' +
  '112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131' +
  '311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114' +
  '122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141' +
  '214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232';
const STOP = '2331112';
const START_B = 104;

const widthsOf = (value: number) => WIDTHS.slice(value * 6, value * 6 + 6);

/**
 * A text as Code 128 (set B), the barcode of most order forms: widths of bars and gaps in turn,
 * beginning with a bar.
 */
export function code128(text: string): number[] {
  if (!/^[\x20-\x7e]+$/.test(text)) throw new RangeError('Code 128 B has printable ASCII only.');
  const values = [...text].map((character) => character.charCodeAt(0) - 32);
  const checksum = values.reduce((sum, value, index) => sum + value * (index + 1), START_B) % 103;
  const widths = [START_B, ...values, checksum].map(widthsOf).join('') + STOP;
  return [...widths].map(Number);
}

/** The barcode as SVG, with the quiet zone that scanners need on both sides. */
export function barcodeSvg(text: string, height = 32): string {
  const quiet = 10;
  let x = quiet;
  let path = '';
  code128(text).forEach((width, index) => {
    if (index % 2 === 0) path += `M${x} 0h${width}v${height}h-${width}z`;
    x += width;
  });
  const width = x + quiet;
  // Two whole pixels a module: bars of uneven width are what scanners cannot read off a monitor.
  return `<svg width="${width * 2}" height="${height * 2}" viewBox="0 0 ${width} ${height}" shape-rendering="crispEdges" aria-hidden="true"><path d="${path}"/></svg>`;
}
