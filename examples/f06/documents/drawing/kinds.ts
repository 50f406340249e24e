import type { DrawingSpec } from '../../orders/order.ts';
import { across, line, rectangle, SHEET, type Shape, upright } from './shapes.ts';

type Of<K extends DrawingSpec['kind']> = Extract<DrawingSpec, { kind: K }>;

function plate({ width, height, holes }: Of<'plate'>): Shape[] {
  const scale = Math.min(360 / width, 210 / height);
  const [w, h] = [width * scale, height * scale];
  const [x, y] = [(SHEET.width - w) / 2 + 18, 20];
  return [
    rectangle(x, y, w, h),
    ...holes.flatMap((hole): Shape[] => {
      const [cx, cy, radius] = [
        x + hole.x * scale,
        y + hole.y * scale,
        (hole.diameter * scale) / 2,
      ];
      const reach = radius + 7;
      return [
        { shape: 'circle', x: cx, y: cy, radius, pen: 'outline' },
        line(cx - reach, cy, cx + reach, cy, 'axis'),
        line(cx, cy - reach, cx, cy + reach, 'axis'),
      ];
    }),
    ...across(x, x + w, y + h + 42, `${width}`),
    ...upright(y, y + h, x - 22, `${height}`),
  ];
}

function shaft({ segments }: Of<'shaft'>): Shape[] {
  const total = segments.reduce((sum, { length }) => sum + length, 0);
  const scale = 420 / total;
  // Shafts are thin: drawn true to length, twice as thick.
  const thickness = Math.min(scale * 2, 130 / Math.max(...segments.map((s) => s.diameter)));
  const middle = 120;
  let x = 30;
  const shapes: Shape[] = [line(14, middle, SHEET.width - 14, middle, 'axis')];
  segments.forEach(({ length, diameter }, index) => {
    const [w, h] = [length * scale, diameter * thickness];
    shapes.push(rectangle(x, middle - h / 2, w, h));
    // Neighbours are often short: their texts stand on two levels.
    const level = middle - 82 - (index % 2) * 20;
    shapes.push({ shape: 'text', x: x + w / 2, y: level, text: `Ø${diameter}` });
    shapes.push(...across(x, x + w, middle + 92 + (index % 2) * 26, `${length}`));
    x += w;
  });
  return [...shapes, ...across(30, x, SHEET.height - 12, `${total}`)];
}

function box({ width, height, depth }: Of<'box'>): Shape[] {
  // An oblique view: the depth goes up to the right, at half its length.
  const scale = Math.min(300 / (width + depth * 0.4), 215 / (height + depth * 0.3));
  const [w, h] = [width * scale, height * scale];
  const [dx, dy] = [depth * scale * 0.4, depth * scale * 0.3];
  const [x, y] = [(SHEET.width - w - dx) / 2 + 10, 18 + dy];
  return [
    rectangle(x, y, w, h),
    {
      shape: 'path',
      points: [
        [x, y],
        [x + dx, y - dy],
        [x + w + dx, y - dy],
        [x + w, y],
      ],
      pen: 'outline',
    },
    {
      shape: 'path',
      points: [
        [x + w + dx, y - dy],
        [x + w + dx, y + h - dy],
        [x + w, y + h],
      ],
      pen: 'outline',
    },
    {
      shape: 'path',
      points: [
        [x + 12, y + 12],
        [x + w - 12, y + 12],
        [x + w - 12, y + h - 12],
        [x + 12, y + h - 12],
      ],
      closed: true,
      pen: 'dimension',
    },
    { shape: 'circle', x: x + 26, y: y + h / 2, radius: 6, pen: 'outline' },
    ...across(x, x + w, y + h + 36, `${width}`),
    ...upright(y, y + h, x - 22, `${height}`),
    { shape: 'text', x: x + w + dx / 2 + 28, y: y + h - dy / 2 + 18, text: `${depth}` },
  ];
}

function harness({ length, branches }: Of<'harness'>): Shape[] {
  const [start, end, y] = [40, SHEET.width - 50, 110];
  const at = (mm: number) => start + ((end - start) * mm) / length;
  return [
    rectangle(start - 22, y - 20, 22, 40),
    line(start, y - 3, end, y - 3, 'outline'),
    line(start, y + 3, end, y + 3, 'outline'),
    ...branches.flatMap(({ at: mm, label }, index): Shape[] => {
      const [x, down] = [at(mm), index % 2 === 0 ? 1 : -1];
      return [
        line(x, y, x, y + 44 * down, 'outline'),
        rectangle(x - 11, down > 0 ? y + 44 : y - 62, 22, 18),
        {
          shape: 'text',
          x: Math.min(x, SHEET.width - 62),
          y: down > 0 ? y + 84 : y - 70,
          text: label,
        },
        ...across(start, x, 214 + index * 0, '').slice(2, 3),
        { shape: 'text', x, y: 238, text: `${mm}` },
      ];
    }),
    ...across(start, end, 214, ''),
    { shape: 'text', x: start, y: 238, text: '0' },
  ];
}

/** The shapes of a drawing; every one of them lies on the sheet. */
export function draw(spec: DrawingSpec): Shape[] {
  switch (spec.kind) {
    case 'plate':
      return plate(spec);
    case 'shaft':
      return shaft(spec);
    case 'box':
      return box(spec);
    case 'harness':
      return harness(spec);
  }
}
