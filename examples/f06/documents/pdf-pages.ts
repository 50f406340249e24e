import type { Order } from '../orders/order.ts';
import { draw } from './drawing/kinds.ts';
import { drawInto } from './drawing/pdf.ts';
import { dueDay, type Words } from './words.ts';

type Pdf = PDFKit.PDFDocument;

const PAGE = { width: 842, height: 595, edge: 36 };
const INNER = PAGE.width - 2 * PAGE.edge;
const INK = '#16181d';
const QUIET = '#4a5361';
const ACCENT = '#1f3a5f';
const RULE = '#c9ced6';
/** Points between one step and the next; four of them fill a page and are read from afar. */
const STEP_HEIGHT = 122;
const STEPS_A_PAGE = 4;

interface Style {
  weight?: 400 | 700 | 800;
  size: number;
  color?: string;
  width?: number;
  align?: 'left' | 'right';
  /** Smallest size to which a line shrinks that would not fit. */
  atLeast?: number;
}

/** Writes one text block. With `atLeast`, one line that shrinks until it fits. */
function write(pdf: Pdf, text: string, x: number, y: number, style: Style): void {
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

function rule(pdf: Pdf, y: number, color = RULE, width = 0.8, x = PAGE.edge, length = INNER): void {
  pdf.moveTo(x, y).lineTo(x + length, y).lineWidth(width).undash().stroke(color);
}

function heading(pdf: Pdf, text: string, x: number, y: number): void {
  write(pdf, text, x, y, { weight: 800, size: 15, color: ACCENT });
}

export function coverPage(pdf: Pdf, order: Order, words: Words): void {
  const { edge } = PAGE;
  write(pdf, `${words.kind} · ${order.customer}`, edge, 28, { weight: 700, size: 15, color: QUIET });
  write(pdf, order.id, edge, 46, { weight: 800, size: 60, width: 440, atLeast: 30 });
  write(pdf, order.title, edge, 118, { weight: 700, size: 22, width: 440, atLeast: 14 });
  const facts: [string, string, number][] = [
    [words.revision, order.revision, 510],
    [words.quantity, `${order.quantity} ${words.pieces}`, 582],
    [words.due, dueDay(order), 692],
  ];
  facts.forEach(([name, value, x], index) => {
    const width = (facts[index + 1]?.[2] ?? PAGE.width - edge + 8) - x - 8;
    write(pdf, name, x, 84, { weight: 700, size: 14, color: QUIET });
    write(pdf, value, x, 102, { weight: 800, size: 34, width, atLeast: 15 });
  });
  rule(pdf, 156, ACCENT, 4);
  heading(pdf, `${words.drawing} (${words.unit})`, edge, 172);
  pdf.font('400').fillColor(INK).strokeColor(INK);
  drawInto(pdf, draw(order.drawing), edge, 200, 372);
  materials(pdf, order, words, 440);
  noteBox(pdf, order, words);
}

function materials(pdf: Pdf, order: Order, words: Words, x: number): void {
  const width = PAGE.width - PAGE.edge - x;
  const columns = { spec: x + 108, amount: PAGE.width - PAGE.edge - 72 };
  heading(pdf, words.materials, x, 172);
  order.materials.forEach((material, index) => {
    const y = 200 + index * 34;
    rule(pdf, y, RULE, 0.8, x, width);
    write(pdf, material.part, x, y + 9, { weight: 700, size: 15, width: 102, atLeast: 10 });
    write(pdf, material.spec, columns.spec, y + 9, {
      size: 15,
      width: columns.amount - columns.spec - 6,
      atLeast: 9,
    });
    write(pdf, material.amount, columns.amount, y + 9, { weight: 700, size: 15, width: 72, align: 'right' });
  });
}

function noteBox(pdf: Pdf, order: Order, words: Words): void {
  const y = 496;
  pdf.rect(PAGE.edge, y, INNER, 46).fill('#fff3cf');
  pdf.rect(PAGE.edge, y, 5, 46).fill('#b97700');
  write(pdf, words.note, PAGE.edge + 18, y + 13, { weight: 800, size: 17 });
  write(pdf, order.note, PAGE.edge + 78, y + 13, { size: 17, width: INNER - 96, atLeast: 11 });
}

export function stepsPages(pdf: Pdf, order: Order, words: Words): void {
  order.steps.forEach((step, index) => {
    const row = index % STEPS_A_PAGE;
    if (row === 0) {
      pdf.addPage();
      heading(pdf, words.steps, PAGE.edge, 30);
    }
    const y = 60 + row * STEP_HEIGHT;
    rule(pdf, y, index % STEPS_A_PAGE === 0 ? ACCENT : RULE, row === 0 ? 3 : 0.8);
    write(pdf, String(index + 1), PAGE.edge, y + 12, { weight: 800, size: 44, color: ACCENT });
    write(pdf, step.title, PAGE.edge + 80, y + 14, { weight: 800, size: 24, width: 420, atLeast: 16 });
    const where = `${step.place} · ${step.minutes} ${words.minutes}`;
    write(pdf, where, PAGE.width - PAGE.edge - 220, y + 20, {
      size: 16,
      color: QUIET,
      width: 220,
      align: 'right',
    });
    write(pdf, step.text, PAGE.edge + 80, y + 50, { size: 18, width: INNER - 80 });
  });
}

export function checksPage(pdf: Pdf, order: Order, words: Words): void {
  pdf.addPage();
  heading(pdf, words.checks, PAGE.edge, 30);
  order.checks.forEach(({ what, limit }, index) => {
    const y = 60 + index * 56;
    rule(pdf, y, index === 0 ? ACCENT : RULE, index === 0 ? 3 : 0.8);
    pdf.rect(PAGE.edge + 2, y + 17, 22, 22).lineWidth(2).stroke(INK);
    write(pdf, what, PAGE.edge + 44, y + 16, { size: 21, width: 330, atLeast: 13 });
    write(pdf, limit, PAGE.edge + 390, y + 16, { weight: 800, size: 21, width: INNER - 390, atLeast: 13 });
  });
  rule(pdf, 532, INK, 1, PAGE.width - PAGE.edge - 240, 240);
  write(pdf, words.sign, PAGE.width - PAGE.edge - 240, 537, { size: 13, color: QUIET });
}

/** On every page: which order, which revision, which page of how many. */
export function footer(pdf: Pdf, order: Order, words: Words): void {
  const { count } = pdf.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    pdf.switchToPage(page);
    const style = { size: 12, color: QUIET };
    write(pdf, `${order.id} · ${words.revision} ${order.revision}`, PAGE.edge, 564, { ...style, weight: 700 });
    write(pdf, `${words.page} ${page + 1} / ${count}`, PAGE.width - PAGE.edge - 120, 564, {
      ...style,
      width: 120,
      align: 'right',
    });
  }
}
