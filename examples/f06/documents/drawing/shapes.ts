/** How a line is drawn: the part itself, a dimension, or an axis. */
export type Pen = 'outline' | 'dimension' | 'axis';

/** What a drawing is made of, on a sheet of `SHEET` units, so that HTML and PDF draw the same. */
export type Shape =
  | { shape: 'path'; points: [number, number][]; closed?: boolean; pen: Pen }
  | { shape: 'circle'; x: number; y: number; radius: number; pen: Pen }
  | { shape: 'text'; x: number; y: number; text: string; turned?: boolean };

export const SHEET = { width: 480, height: 300, textSize: 17 };

export const PEN_WIDTH: Record<Pen, number> = { outline: 2.6, dimension: 1, axis: 0.9 };

export const line = (x1: number, y1: number, x2: number, y2: number, pen: Pen): Shape => ({
  shape: 'path',
  points: [
    [x1, y1],
    [x2, y2],
  ],
  pen,
});

export const rectangle = (x: number, y: number, width: number, height: number): Shape => ({
  shape: 'path',
  points: [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ],
  closed: true,
  pen: 'outline',
});

const ARROW = 7;

/** A dimension under (or over) a part, from `x1` to `x2` at the height `y`. */
export function across(x1: number, x2: number, y: number, text: string): Shape[] {
  return [
    line(x1, y, x2, y, 'dimension'),
    line(x1, y - ARROW, x1, y + ARROW, 'dimension'),
    line(x2, y - ARROW, x2, y + ARROW, 'dimension'),
    { shape: 'text', x: (x1 + x2) / 2, y: y - 6, text },
  ];
}

/** A dimension beside a part, from `y1` to `y2` at `x`. */
export function upright(y1: number, y2: number, x: number, text: string): Shape[] {
  return [
    line(x, y1, x, y2, 'dimension'),
    line(x - ARROW, y1, x + ARROW, y1, 'dimension'),
    line(x - ARROW, y2, x + ARROW, y2, 'dimension'),
    { shape: 'text', x: x - 6, y: (y1 + y2) / 2, text, turned: true },
  ];
}
