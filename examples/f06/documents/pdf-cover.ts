import type { Order } from '../orders/order.ts';
import { draw } from './drawing/kinds.ts';
import { drawInto } from './drawing/pdf.ts';
import {
  ACCENT,
  heading,
  INK,
  INNER,
  PAGE,
  type Pdf,
  QUIET,
  RULE,
  rule,
  write,
} from './pdf-text.ts';
import { dueDay, type Words } from './words.ts';

/** What is read from afar: which order, which revision, how many, until when, out of what. */
export function coverPage(pdf: Pdf, order: Order, words: Words): void {
  const { edge } = PAGE;
  write(pdf, `${words.kind} · ${order.customer}`, edge, 28, {
    weight: 700,
    size: 15,
    color: QUIET,
  });
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
    write(pdf, material.amount, columns.amount, y + 9, {
      weight: 700,
      size: 15,
      width: 72,
      align: 'right',
    });
  });
}

function noteBox(pdf: Pdf, order: Order, words: Words): void {
  const y = 496;
  pdf.rect(PAGE.edge, y, INNER, 46).fill('#fff3cf');
  pdf.rect(PAGE.edge, y, 5, 46).fill('#b97700');
  write(pdf, words.note, PAGE.edge + 18, y + 13, { weight: 800, size: 17 });
  write(pdf, order.note, PAGE.edge + 78, y + 13, { size: 17, width: INNER - 96, atLeast: 11 });
}
