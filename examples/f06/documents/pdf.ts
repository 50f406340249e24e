import PdfDocument from 'pdfkit';
import type { Order } from '../orders/order.ts';
import { pdfFont, WEIGHTS } from './fonts.ts';
import { coverPage } from './pdf-cover.ts';
import { checksPage, footer, stepsPages } from './pdf-pages.ts';
import { WORDS, type Words } from './words.ts';

/** The document of an order as a PDF, A4 across, its font inside. */
export async function renderPdf(order: Order): Promise<Buffer> {
  const words: Words = WORDS[order.language];
  const pdf = new PdfDocument({
    size: 'A4',
    layout: 'landscape',
    margin: 0,
    bufferPages: true,
    lang: order.language,
    displayTitle: true,
    info: { Title: `${order.id} ${order.title}`, Subject: words.kind },
  });
  for (const weight of WEIGHTS) pdf.registerFont(String(weight), await pdfFont(weight));
  const chunks: Buffer[] = [];
  const finished = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  coverPage(pdf, order, words);
  stepsPages(pdf, order, words);
  checksPage(pdf, order, words);
  footer(pdf, order, words);
  pdf.end();
  return finished;
}
