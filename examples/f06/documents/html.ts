import type { Order } from '../orders/order.ts';
import { draw } from './drawing/kinds.ts';
import { toSvg } from './drawing/svg.ts';
import { escapeHtml as e } from './escape-html.ts';
import { STYLE } from './style.ts';
import { dueDay, WORDS, type Words } from './words.ts';

/** The document of an order as a page. Whatever stands in the order is escaped. */
export function renderHtml(order: Order): string {
  const words: Words = WORDS[order.language];
  return `<!doctype html>
<html lang="${order.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${e(order.id)} ${e(order.title)}</title>
<style>${STYLE}</style>
</head>
<body>
${head(order, words)}
<main>
<div class="sheet">
<section><h2>${words.drawing} <small>${words.unit}</small></h2>${toSvg(draw(order.drawing), order.title)}</section>
<section><h2>${words.materials}</h2>${materials(order, words)}</section>
</div>
<p class="note"><strong>${words.note}</strong> ${e(order.note)}</p>
<section><h2>${words.steps}</h2>${steps(order, words)}</section>
<section><h2>${words.checks}</h2>${checks(order)}<p class="sign">${words.sign}</p></section>
</main>
</body>
</html>
`;
}

const fact = (name: string, value: string) => `<div><dt>${name}</dt><dd>${value}</dd></div>`;

const head = (order: Order, words: Words) => `<header>
<div class="name"><p>${words.kind} · ${e(order.customer)}</p><h1>${e(order.id)}</h1><p class="title">${e(order.title)}</p></div>
<dl>${fact(words.revision, e(order.revision))}${fact(
  words.quantity,
  `${e(order.quantity)} <small>${words.pieces}</small>`,
)}${fact(words.due, e(dueDay(order)))}</dl>
</header>`;

const materials = (order: Order, words: Words) => `<table>
<thead><tr><th>${words.part}</th><th>${words.spec}</th><th class="amount">${words.amount}</th></tr></thead>
<tbody>${order.materials
  .map(
    (m) =>
      `<tr><td>${e(m.part)}</td><td>${e(m.spec)}</td><td class="amount">${e(m.amount)}</td></tr>`,
  )
  .join('')}</tbody>
</table>`;

const steps = (order: Order, words: Words) =>
  `<ol>${order.steps
    .map(
      (step) => `<li><h3>${e(step.title)}</h3>
<p class="where">${e(step.place)} · ${e(step.minutes)} ${words.minutes}</p><p>${e(step.text)}</p></li>`,
    )
    .join('')}</ol>`;

const checks = (order: Order) =>
  `<ul class="checks">${order.checks
    .map(({ what, limit }) => `<li><span>${e(what)}</span><b>${e(limit)}</b></li>`)
    .join('')}</ul>`;
