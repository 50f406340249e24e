import { expect, it } from 'vitest';
import type { Order } from '../orders/order.ts';
import type { OrderBook } from '../orders/order-book.ts';
import { seedOrders } from '../orders/seed.ts';
import { documentRoutes, documentUrl } from './document-routes.ts';

const orders = seedOrders();
const book: OrderBook = {
  find: async (orderId) => orders.find(({ id }) => id === orderId),
  list: async () => orders,
  close: async () => {},
};
const routes = documentRoutes(book);
const open = (order: Order) => routes.request(documentUrl('http://127.0.0.1', order));
const byFormat = (format: Order['format']) =>
  orders.find((order) => order.format === format) as Order;

it('serves an HTML order that may run no script and is never kept', async () => {
  const answer = await open(byFormat('html'));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.text()).toContain(byFormat('html').id);
});

it('serves a PDF order to be looked at, not downloaded', async () => {
  const answer = await open(byFormat('pdf'));
  expect(answer.headers.get('content-type')).toBe('application/pdf');
  expect(answer.headers.get('content-disposition')).toBe('inline');
  expect(Buffer.from(await answer.arrayBuffer()).toString('latin1', 0, 5)).toBe('%PDF-');
});

it('has no document for an unknown order, nor for a revision that was replaced', async () => {
  const order = byFormat('html');
  expect((await open({ ...order, id: 'PO-0' })).status).toBe(404);
  expect((await open({ ...order, revision: 'older' })).status).toBe(404);
});

it('serves the font of the documents, and no other file', async () => {
  expect((await routes.request('/fonts/700.woff2')).headers.get('content-type')).toBe('font/woff2');
  for (const file of ['100.woff2', '..%2f..%2fpackage.json']) {
    expect((await routes.request(`/fonts/${file}`)).status).toBe(404);
  }
});
