import { expect, it } from 'vitest';
import { code128 } from './barcode.ts';

it('encodes the example of the standard books', () => {
  // "PJJ123C": the books start it in set A with the check value 54; in set B that is 55.
  const widths = code128('PJJ123C').join('');
  expect(widths).toHaveLength(9 * 6 + 7);
  expect(widths.startsWith('211214')).toBe(true);
  expect(widths.slice(-13)).toBe('3113212331112');
});

it('has eleven modules a character and thirteen for the stop', () => {
  const modules = code128('PO-2026-1001').reduce((sum, width) => sum + width, 0);
  expect(modules).toBe((1 + 12 + 1) * 11 + 13);
});

it('refuses what a scanner could not type', () => {
  expect(() => code128('주문')).toThrow(RangeError);
});
