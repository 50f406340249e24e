import type { Product } from './product.ts';

export const sensorHarness: Product = {
  title: 'Sensor harness 1.6 m, four drops',
  language: 'en',
  note: 'Measure the crimp height every 50 pieces and write it down.',
  drawing: {
    kind: 'harness',
    length: 1600,
    branches: [
      { at: 250, label: 'S1 level' },
      { at: 700, label: 'S2 flow' },
      { at: 1150, label: 'S3 door' },
      { at: 1600, label: 'S4 spare' },
    ],
  },
  materials: [
    { part: 'Cable', spec: 'LiYCY 4×0.34, grey', each: 3.4, unit: 'm' },
    { part: 'Plug', spec: 'M12, A-coded, 4-pole', each: 4, unit: 'pcs' },
    { part: 'Splice', spec: 'crimp, heat-shrink, 0.5 mm²', each: 16, unit: 'pcs' },
    { part: 'Label', spec: 'S1 to S4, laminated', each: 4, unit: 'pcs' },
  ],
  steps: [
    ['Cut and strip', 'Wire machine', 4, 'Tolerance +10 / -0 mm. No cut strands.'],
    [
      'Crimp the splices',
      'Crimper 2',
      9,
      'Pull test on the first five: 60 N. Shrink until glue shows at both ends.',
    ],
    ['Fit the plugs', 'Assembly 3', 8, 'Torque 0.6 N·m, with the torque tool only.'],
    ['Label', 'Assembly 3', 2, 'Text reads from the plug towards the trunk, 40 mm behind the nut.'],
    ['Test', 'Test bench', 2, 'Fixture SH-16: 16 circuits and shield.'],
  ],
  checks: [
    ['Trunk length', '1600 +20 / -0 mm'],
    ['Continuity', '16 circuits and shield'],
    ['Insulation', '100 megohm at least'],
    ['Labels', 'S1 to S4, in order'],
  ],
};
