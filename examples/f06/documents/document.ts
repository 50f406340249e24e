import type { Order } from '../orders/order.ts';
import { renderHtml } from './html.ts';
import { renderPdf } from './pdf.ts';

export interface RenderedDocument {
  body: string | Buffer;
  contentType: string;
}

const KEPT = 64;

/** Renders orders and keeps the last ones, so that a PDF is not made again for every look at it. */
export function documentRenderer(): (order: Order) => Promise<RenderedDocument> {
  const rendered = new Map<string, Promise<RenderedDocument>>();
  return (order) => {
    // What is in the document, not only its name: an order edited in the database is drawn anew.
    const key = JSON.stringify(order);
    const known = rendered.get(key);
    if (known) return known;
    const rendering = render(order);
    rendered.set(key, rendering);
    rendering.catch(() => rendered.delete(key));
    const [oldest] = rendered.keys();
    if (rendered.size > KEPT && oldest !== undefined) rendered.delete(oldest);
    return rendering;
  };
}

async function render(order: Order): Promise<RenderedDocument> {
  return order.format === 'pdf'
    ? { body: await renderPdf(order), contentType: 'application/pdf' }
    : { body: renderHtml(order), contentType: 'text/html; charset=utf-8' };
}
