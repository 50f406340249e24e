import { Hono } from 'hono';
import { renderBarcodeSheet } from '../documents/barcode-sheet.ts';
import { documentRenderer } from '../documents/document.ts';
import { WEIGHTS, webFont } from '../documents/fonts.ts';
import type { Order } from '../orders/order.ts';
import type { OrderBook } from '../orders/order-book.ts';

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'; frame-ancestors 'none'";

/** Where the document of this order is. The revision is part of it: an older one is never shown by mistake. */
export function documentUrl(origin: string, order: Order): string {
  const url = new URL(`/documents/${encodeURIComponent(order.id)}`, origin);
  url.searchParams.set('revision', order.revision);
  // The whole page and no toolbar: nobody has a mouse at that monitor.
  if (order.format === 'pdf') url.hash = 'toolbar=0&navpanes=0&view=Fit';
  return url.href;
}

/** The documents, the font in which they are set, and their barcodes on a sheet to print. */
export function documentRoutes(orders: OrderBook): Hono {
  const render = documentRenderer();
  return new Hono()
    .get('/barcodes', async (c) =>
      c.html(renderBarcodeSheet(await orders.list()), 200, { 'content-security-policy': POLICY }),
    )
    .get('/documents/:orderId', async (c) => {
      const order = await orders.find(c.req.param('orderId'));
      if (!order) return c.text('There is no such order.', 404);
      const revision = c.req.query('revision');
      if (revision !== undefined && revision !== order.revision) {
        return c.text(`Revision ${order.revision} has replaced the one asked for.`, 404);
      }
      const { body, contentType } = await render(order);
      return c.body(typeof body === 'string' ? body : new Uint8Array(body), 200, {
        'content-type': contentType,
        'content-disposition': 'inline',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        ...(order.format === 'html' ? { 'content-security-policy': POLICY } : {}),
      });
    })
    .get('/fonts/:file', async (c) => {
      const weight = WEIGHTS.find((known) => `${known}.woff2` === c.req.param('file'));
      if (!weight) return c.text('There is no such font.', 404);
      return c.body(new Uint8Array(await webFont(weight)), 200, {
        'content-type': 'font/woff2',
        'cache-control': 'public, max-age=31536000, immutable',
      });
    });
}
