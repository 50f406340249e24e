import { expect, it } from 'vitest';
import { merged } from './merged.ts';

it('reads many sorted lists as one, and no more of them than is taken', async () => {
  const lists = [[1, 4, 7, 10], [], [2, 3, 5], [6, 8, 9]];
  let reads = 0;
  const all = () =>
    merged(
      lists.length,
      async (list, last: number | undefined, count) => {
        reads++;
        expect(last).toBe(lists[list]?.[count - 1]);
        return lists[list]?.slice(count, count + 2) ?? [];
      },
      (a, b) => a < b,
    );
  const taken: number[] = [];
  for await (const each of all()) taken.push(each);
  expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  reads = 0;
  for await (const each of all()) if (each === 2) break;
  expect(reads).toBe(4);
});
