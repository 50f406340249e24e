import type { Product } from './product.ts';

export const conveyorShaft: Product = {
  title: 'Conveyor drive shaft Ø40, C45',
  language: 'en',
  note: 'Coupling end is the short one. Keep the centres: they are needed for repair.',
  drawing: {
    kind: 'shaft',
    segments: [
      { length: 70, diameter: 28 },
      { length: 50, diameter: 35 },
      { length: 420, diameter: 40 },
      { length: 50, diameter: 35 },
      { length: 30, diameter: 25 },
    ],
  },
  materials: [
    { part: 'Round bar', spec: 'C45+QT, Ø45×630', each: 1, unit: 'pcs' },
    { part: 'Parallel key', spec: '8×7×50', each: 2, unit: 'pcs' },
    { part: 'Retaining ring', spec: '35×1.5', each: 2, unit: 'pcs' },
    { part: 'Corrosion oil', spec: 'water-displacing', each: 0.06, unit: 'l' },
  ],
  steps: [
    ['Saw', 'Saw 2', 3, 'Length 630 mm. Stamp the heat number on the face.'],
    ['Face and centre', 'Lathe 1', 6, 'Total length 620 ±0.2. Centres A4 on both sides.'],
    ['Turn', 'CNC lathe 2', 20, 'Program CDS-40. Leave 0.2 mm for grinding on both bearing seats.'],
    ['Mill key seats', 'Mill 1', 9, 'Two seats 8 P9, in line within 0.1 degree.'],
    ['Grind the seats', 'Grinder 1', 14, 'Ø35 k6 on both. Clean the centres first.'],
    ['Oil and wrap', 'Dispatch', 3, 'Oil at once, wrap in paper, cap both ends.'],
  ],
  checks: [
    ['Bearing seats', 'Ø35 k6 (+0.018 / +0.002)'],
    ['Run-out', '0.03 mm at most'],
    ['Key seats', 'width 8 P9, in line'],
    ['Length', '620 ±0.2 mm'],
  ],
};
