import { describe, expect, it } from 'vitest';
import { check } from './checks/check.ts';
import { PLANTED } from './planted-bugs.ts';
import { simulate } from './simulate.ts';

// Which promise gives each bug away.
const GIVES_AWAY: Record<string, readonly string[]> = {
  'a settle is dropped': ['told', 'I1', 'rest'],
  'a dedupe is forgotten': ['I7'],
  'an order is swapped': ['I5'],
  'something is shown twice': ['I3'],
  'shown is told untruly': ['I4'],
  'something runs after its time': ['I6'],
};
const SEEDS = 400;

describe('the checker catches that', () => {
  it.each(Object.keys(PLANTED))(
    '%s',
    async (name) => {
      const bugs = PLANTED[name] ?? {};
      const promises = GIVES_AWAY[name] ?? [];
      for (let seed = 1; seed <= SEEDS; seed++) {
        const broken = check(await simulate({ seed, bugs })).map(({ promise }) => promise);
        if (promises.some((promise) => broken.includes(promise))) return;
      }
      expect.unreachable(`nothing in ${SEEDS} seeds gave it away`);
    },
    60_000,
  );
});
