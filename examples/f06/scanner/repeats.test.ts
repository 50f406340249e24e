import { expect, it } from 'vitest';
import { repeatFilter } from './repeats.ts';

it('drops the same code within a second, and only then', () => {
  const isRepeat = repeatFilter();
  expect(isRepeat('PO-1', 0)).toBe(false);
  expect(isRepeat('PO-1', 999)).toBe(true);
  expect(isRepeat('PO-1', 1_000)).toBe(false);
  expect(isRepeat('PO-2', 1_001)).toBe(false);
  expect(isRepeat('PO-1', 1_002)).toBe(false);
});
