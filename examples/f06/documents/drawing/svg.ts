import { escapeHtml } from '../escape-html.ts';
import { PEN_WIDTH, type Pen, SHEET, type Shape } from './shapes.ts';

const stroke = (pen: Pen) =>
  `fill="none" stroke="currentColor" stroke-width="${PEN_WIDTH[pen]}"${pen === 'axis' ? ' stroke-dasharray="9 3 2 3"' : ''}`;

const round = (value: number) => Math.round(value * 10) / 10;

function element(shape: Shape): string {
  switch (shape.shape) {
    case 'path': {
      const points = shape.points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
      return `<${shape.closed ? 'polygon' : 'polyline'} points="${points}" ${stroke(shape.pen)}/>`;
    }
    case 'circle':
      return `<circle cx="${round(shape.x)}" cy="${round(shape.y)}" r="${round(shape.radius)}" ${stroke(shape.pen)}/>`;
    case 'text': {
      const turn = shape.turned
        ? ` transform="rotate(-90 ${round(shape.x)} ${round(shape.y)})"`
        : '';
      return `<text x="${round(shape.x)}" y="${round(shape.y)}"${turn}>${escapeHtml(shape.text)}</text>`;
    }
  }
}

/** The drawing as inline SVG. */
export function toSvg(shapes: Shape[], title: string): string {
  return `<svg viewBox="0 0 ${SHEET.width} ${SHEET.height}" role="img" aria-label="${escapeHtml(title)}"
    font-size="${SHEET.textSize}" text-anchor="middle" fill="currentColor">${shapes.map(element).join('')}</svg>`;
}
