import type { Order } from '../orders/order.ts';
import { barcodeSvg } from './barcode.ts';
import { escapeHtml as e } from './escape-html.ts';
import { FONT_FACES } from './fonts.ts';

const STYLE = `${FONT_FACES}
*{box-sizing:border-box;margin:0}
body{font:16px/1.4 "Nanum Gothic",sans-serif;padding:1.5rem;background:#fff;color:#16181d;color-scheme:light}
h1{font-size:1.2rem;margin-bottom:1rem}
ul{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(26rem,1fr));gap:1rem}
li{border:1px solid #c9ced6;border-radius:.4rem;padding:.9rem 1rem;break-inside:avoid;text-align:center}
b{display:block;font-size:1.2rem}
svg{display:block;margin:0 auto .4rem}
p{color:#4a5361}`;

/** Every order as a barcode, to be printed and scanned. */
export function renderBarcodeSheet(orders: Order[]): string {
  const items = orders.map(
    ({ id, title, language }) =>
      `<li>${barcodeSvg(id)}<b>${e(id)}</b><p lang="${language}">${e(title)}</p></li>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Barcodes</title><style>${STYLE}</style></head>
<body><h1>제작의뢰서 바코드 · Barcodes of the production orders</h1><ul>${items.join('\n')}</ul></body></html>
`;
}
