export type Pdf = PDFKit.PDFDocument;

export const PAGE = { width: 842, height: 595, edge: 36 };
export const INNER = PAGE.width - 2 * PAGE.edge;
export const INK = '#16181d';
export const QUIET = '#4a5361';
export const ACCENT = '#1f3a5f';
export const RULE = '#c9ced6';

export interface Style {
  weight?: 400 | 700 | 800;
  size: number;
  color?: string;
  width?: number;
  align?: 'left' | 'right';
  /** Smallest size to which a line shrinks that would not fit. */
  atLeast?: number;
}

/** Writes one text block. With `atLeast`, one line that shrinks until it fits. */
export function write(pdf: Pdf, text: string, x: number, y: number, style: Style): void {
  pdf.font(String(style.weight ?? 400)).fillColor(style.color ?? INK);
  let size = style.size;
  pdf.fontSize(size);
  if (style.atLeast && style.width) {
    while (size > style.atLeast && pdf.widthOfString(text) > style.width) pdf.fontSize(--size);
  }
  // What shrank stays on the line on which the bigger ones stand.
  const lowered = (style.size - size) * 0.9;
  const lines = style.atLeast || !style.width ? text : wholeWords(pdf, text, style.width);
  pdf.text(lines, x, y + lowered, {
    ...(style.width === undefined ? {} : { width: style.width }),
    align: style.align ?? 'left',
    lineBreak: !style.atLeast,
    lineGap: size * 0.2,
  });
}

/** Breaks lines between words only. PDFKit would also break inside Korean words. */
function wholeWords(pdf: Pdf, text: string, width: number): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    const longer = lines[last] ? `${lines[last]} ${word}` : word;
    if (pdf.widthOfString(longer) <= width - 1) lines[last] = longer;
    else lines.push(word);
  }
  return lines.join('\n');
}

export function rule(
  pdf: Pdf,
  y: number,
  color = RULE,
  width = 0.8,
  x = PAGE.edge,
  length = INNER,
): void {
  pdf
    .moveTo(x, y)
    .lineTo(x + length, y)
    .lineWidth(width)
    .undash()
    .stroke(color);
}

export function heading(pdf: Pdf, text: string, x: number, y: number): void {
  write(pdf, text, x, y, { weight: 800, size: 15, color: ACCENT });
}
