import { expect, it } from 'vitest';
import { seedOrders } from './seed.ts';

const orders = seedOrders();

it('has at least 24 orders with ids that a scanner can type, each once', () => {
  expect(orders.length).toBeGreaterThanOrEqual(24);
  expect(new Set(orders.map(({ id }) => id)).size).toBe(orders.length);
  for (const { id } of orders) expect(id).toMatch(/^[A-Z0-9-]+$/);
});

it('mixes languages, formats and lengths', () => {
  for (const language of ['ko', 'en']) {
    for (const format of ['html', 'pdf']) {
      expect(
        orders.filter((o) => o.language === language && o.format === format).length,
      ).toBeGreaterThan(2);
    }
  }
  expect(orders.some(({ steps }) => steps.length >= 15)).toBe(true);
  expect(orders.some(({ steps }) => steps.length <= 4)).toBe(true);
});

it('needs material for every piece of the order', () => {
  const [order] = orders;
  expect(order).toMatchObject({ id: 'PO-2026-1001', quantity: 12 });
  expect(order?.materials).toContainEqual({
    part: '경첩',
    spec: 'SUS304, 90도 개방',
    amount: '36 개',
  });
});
