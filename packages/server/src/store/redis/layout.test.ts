import { expect, it } from 'vitest';
import { Layout } from './layout.ts';

it('puts things where it has always put them', () => {
  const layout = new Layout('p', 16);
  expect(['station-1', 'station-2', '한글', ''].map((text) => layout.partitionOf(text))).toEqual([
    1, 8, 1, 5,
  ]);
});

it('finds the partition of an id that it made, and of no other', () => {
  const layout = new Layout('p', 1_024);
  for (const screenId of ['a', 'b', 'c', 'd'])
    expect(layout.partitionOfId(layout.newId(screenId))?.number).toBe(layout.partitionOf(screenId));
  expect(layout.partitionOfId('sf.x')?.number).toBe(1_023);
  for (const strange of ['', '.', '.x', 'sg.x', 'zzz.x', '0000.x', '-1.x', '1', 'A.x', '{0}.x'])
    expect(layout.partitionOfId(strange)).toBeUndefined();
});
