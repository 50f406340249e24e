import type { Order } from '../orders/order.ts';
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
import type { Words } from './words.ts';

/** Points between one step and the next; four of them fill a page and are read from afar. */
const STEP_HEIGHT = 122;
const STEPS_A_PAGE = 4;

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
    write(pdf, step.title, PAGE.edge + 80, y + 14, {
      weight: 800,
      size: 24,
      width: 420,
      atLeast: 16,
    });
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
    pdf
      .rect(PAGE.edge + 2, y + 17, 22, 22)
      .lineWidth(2)
      .stroke(INK);
    write(pdf, what, PAGE.edge + 44, y + 16, { size: 21, width: 330, atLeast: 13 });
    write(pdf, limit, PAGE.edge + 390, y + 16, {
      weight: 800,
      size: 21,
      width: INNER - 390,
      atLeast: 13,
    });
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
    write(pdf, `${order.id} · ${words.revision} ${order.revision}`, PAGE.edge, 564, {
      ...style,
      weight: 700,
    });
    write(pdf, `${words.page} ${page + 1} / ${count}`, PAGE.width - PAGE.edge - 120, 564, {
      ...style,
      width: 120,
      align: 'right',
    });
  }
}
