import { create } from 'fontkit';
import { describe, expect, it } from 'vitest';
import type { Order } from '../orders/order.ts';
import { seedOrders } from '../orders/seed.ts';
import { documentRenderer } from './document.ts';
import { draw } from './drawing/kinds.ts';
import { SHEET } from './drawing/shapes.ts';
import { pdfFont, WEIGHTS } from './fonts.ts';
import { renderHtml } from './html.ts';
import { renderPdf } from './pdf.ts';
import { dueDay, WORDS } from './words.ts';

const orders = seedOrders();
const first = orders[0] as Order;
const pages = (pdf: Buffer) => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length;

describe('HTML', () => {
  it('says what the order says, in its language', () => {
    const html = renderHtml(first);
    expect(html).toContain('<html lang="ko">');
    for (const text of ['제작의뢰서', 'PO-2026-1001', '한빛전기', '12월 4일', '레이저 절단']) {
      expect(html).toContain(text);
    }
  });

  it('lets nothing of the order become markup', () => {
    const evil = '<img src=x onerror="alert(1)">';
    const html = renderHtml({
      ...first,
      title: evil,
      customer: evil,
      note: evil,
      revision: evil,
      materials: [{ part: evil, spec: evil, amount: evil }],
      steps: [{ title: evil, text: evil, place: evil, minutes: 1 }],
      checks: [{ what: evil, limit: evil }],
    });
    expect(html).not.toContain('<img');
    expect(html.match(/&lt;img src=x onerror=&quot;/g)?.length).toBeGreaterThanOrEqual(12);
  });
});

describe('PDF', () => {
  it('has five pages and more for a long order, fewer for a short one', async () => {
    const long = orders.find((o) => o.format === 'pdf' && o.steps.length >= 15) as Order;
    const short = orders.find((o) => o.format === 'pdf' && o.steps.length <= 4) as Order;
    expect(pages(await renderPdf(long))).toBeGreaterThanOrEqual(5);
    expect(pages(await renderPdf(short))).toBe(3);
  });

  it('carries its font inside', async () => {
    const pdf = (await renderPdf(first)).toString('latin1');
    expect(pdf).toMatch(/^%PDF-/);
    expect(pdf).toContain('NanumGothic');
    expect(pdf).toContain('/FontFile2');
  });

  it('has a glyph for every character of every order', async () => {
    const text = JSON.stringify([orders, WORDS, orders.map(dueDay)]);
    for (const weight of WEIGHTS) {
      const font = create(await pdfFont(weight));
      if (!('hasGlyphForCodePoint' in font)) throw new Error('This is a collection, not a font.');
      const missing = [...new Set(text)].filter(
        (c) => !font.hasGlyphForCodePoint(c.codePointAt(0) ?? 0),
      );
      expect(missing).toEqual([]);
    }
  });
});

it('draws every order on its sheet', () => {
  for (const order of orders) {
    const points = draw(order.drawing).flatMap((shape) =>
      shape.shape === 'path' ? shape.points : [[shape.x, shape.y] as [number, number]],
    );
    expect(points.length).toBeGreaterThan(8);
    for (const [x, y] of points) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(SHEET.width);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(SHEET.height);
    }
  }
});

it('renders an order once, and anew when anything in it has changed', async () => {
  const render = documentRenderer();
  const [one, same, changed] = [
    render(first),
    render({ ...first }),
    render({ ...first, quantity: 13 }),
  ];
  expect(same).toBe(one);
  expect(changed).not.toBe(one);
  expect((await changed).contentType).toBe('text/html; charset=utf-8');
});
