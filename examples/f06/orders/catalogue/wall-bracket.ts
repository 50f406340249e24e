import type { Product } from './product.ts';

export const wallBracket: Product = {
  title: 'Wall bracket 180×120, stainless',
  language: 'en',
  note: 'Visible part: brushed along the long side, film on until packing.',
  drawing: {
    kind: 'plate',
    width: 180,
    height: 120,
    holes: [
      { x: 20, y: 20, diameter: 9 },
      { x: 160, y: 20, diameter: 9 },
      { x: 20, y: 100, diameter: 9 },
      { x: 160, y: 100, diameter: 9 },
      { x: 90, y: 60, diameter: 32 },
    ],
  },
  materials: [
    { part: 'Sheet', spec: 'EN 1.4301, 3.0 mm, brushed', each: 0.025, unit: 'm²' },
    { part: 'Screw set', spec: '4× M8×40, A2', each: 1, unit: 'sets' },
    { part: 'Cover cap', spec: 'grey, 8 mm', each: 4, unit: 'pcs' },
  ],
  steps: [
    ['Cut', 'Laser 1', 1, 'Program WB-180. Grain runs along the long side.'],
    ['Deburr', 'Finishing', 1, 'Brush machine, both sides, then check the holes by hand.'],
    ['Fold', 'Press brake 1', 2, 'One fold of 90 degrees at 45 mm, film side out.'],
    ['Sort and pack', 'Dispatch', 1, 'Ten to a box with screw sets and caps, paper between.'],
  ],
  checks: [
    ['Fold angle', '90 ±0.5°'],
    ['Hole distance', '140 ±0.2, 80 ±0.2 mm'],
    ['Surface', 'no scratch seen from 50 cm'],
  ],
};
