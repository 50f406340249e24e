import { describe, expect, it } from 'vitest';
import { percentile, spread } from './figures.ts';

describe('figures', () => {
  it('find the value below which a share of the samples lies, in any order', () => {
    const samples = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect(percentile(samples, 0.5)).toBe(51);
    expect(percentile(samples, 0.95)).toBe(96);
    expect(percentile([7], 0.95)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('tell the middle and the ends', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  });
});
