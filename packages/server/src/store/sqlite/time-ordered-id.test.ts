import { expect, it } from 'vitest';
import { timeOrderedId } from './time-ordered-id.ts';

it('is a UUID of version 7, in the order of time, and never the same twice', () => {
  const ids = Array.from({ length: 1_000 }, (_, n) => timeOrderedId(1_800_000_000_000 + n));
  expect(new Set(ids).size).toBe(1_000);
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(timeOrderedId(1)).not.toBe(timeOrderedId(1));
});
