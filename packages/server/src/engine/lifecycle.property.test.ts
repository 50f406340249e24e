import { isSettled, SETTLED_STATES } from '@remote-display/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftOf } from '../testing/drafts.ts';
import { type Command, fromDraft } from './command.ts';
import { type Mark, mark, type Retry, retry, type Settlement, settle } from './lifecycle.ts';

const NOW = 1_800_000_000_000;
const ERROR = { code: 'DOCUMENT_UNREACHABLE' };

type Move =
  | { kind: 'mark'; news: Mark }
  | { kind: 'retry'; failed: Retry }
  | { kind: 'settle'; settlement: Settlement };

const attempts = fc.integer({ min: 1, max: 5 });
const moments = fc.integer({ min: NOW, max: NOW + 60_000 });
/** Whatever may arrive, in whatever order. */
const moves = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('mark' as const),
      news: fc.record({
        id: fc.constant('c1'),
        state: fc.constantFrom('dispatched' as const, 'received' as const),
        attempt: attempts,
        at: moments,
      }),
    }),
    fc.record({
      kind: fc.constant('retry' as const),
      failed: fc.record({
        attempt: attempts,
        at: moments,
        notBefore: moments,
        error: fc.constant(ERROR),
      }),
    }),
    fc.record({
      kind: fc.constant('settle' as const),
      settlement: fc.record({
        state: fc.constantFrom(...SETTLED_STATES),
        at: moments,
        attempt: fc.option(attempts, { nil: undefined }),
      }),
    }),
  ),
  { maxLength: 30 },
);

function apply(command: Command, move: Move): Command | undefined {
  if (move.kind === 'mark') return mark(command, move.news);
  return move.kind === 'retry' ? retry(command, move.failed) : settle(command, move.settlement);
}

function frozen(command: Command): Command {
  Object.freeze(command.history);
  return Object.freeze(command);
}

/** Calls `look` for each move that moves something. */
function walk(all: readonly Move[], look: (before: Command, after: Command, move: Move) => void) {
  let command = frozen(fromDraft(draftOf({ now: NOW, id: 'c1' }), 1));
  for (const move of all) {
    const after = apply(command, move);
    if (after === undefined) continue;
    look(command, after, move);
    command = frozen(after);
  }
  return command;
}

describe('whatever arrives in whatever order', () => {
  it('a command that has ended never moves again, and its story ends once', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const last = walk(all, (before) => expect(isSettled(before.state)).toBe(false));
        const ends = last.history.filter(({ state }) => state !== 'failed' && isSettled(state));
        expect(ends.length).toBe(isSettled(last.state) ? 1 : 0);
        if (isSettled(last.state)) expect(last.history.at(-1)?.state).toBe(last.state);
      }),
    );
  });

  it('each move adds one line to the story, and the attempt never goes back', () => {
    fc.assert(
      fc.property(moves, (all) => {
        walk(all, (before, after) => {
          expect(after.history.slice(0, -1)).toEqual(before.history);
          expect(after.attempt).toBeGreaterThanOrEqual(before.attempt);
        });
      }),
    );
  });

  it('the same message again moves nothing', () => {
    fc.assert(
      fc.property(moves, (all) => {
        walk(all, (_, after, move) => expect(apply(after, move)).toBeUndefined());
      }),
    );
  });

  it('from every state that is no end each end can be reached', () => {
    fc.assert(
      fc.property(moves, fc.constantFrom(...SETTLED_STATES), (all, state) => {
        const last = walk(all, () => {});
        expect(settle(last, { state, at: NOW })?.state).toBe(
          isSettled(last.state) ? undefined : state,
        );
      }),
    );
  });
});
