import { ERRORS, type ErrorCode } from '@remote-display/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponentialBackoff, guardedPolicy, type RetryPolicy } from './retry-policy.ts';

const shares = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempts = fc.integer({ min: 1, max: 12 });
const codes = fc.constantFrom(...(Object.keys(ERRORS) as ErrorCode[]));
const failures = fc.record({ attempt: attempts, code: codes }).map(({ attempt, code }) => ({
  type: 'navigate' as const,
  attempt,
  error: { code },
}));

describe('exponentialBackoff', () => {
  it('waits whole ms within a fifth of its schedule, which grows to its longest and no further', () => {
    const options = fc.record({
      maxAttempts: attempts,
      baseMs: fc.integer({ min: 1, max: 10_000 }),
      maxMs: fc.integer({ min: 1, max: 60_000 }),
    });
    fc.assert(
      fc.property(options, failures, shares, (given, failed, share) => {
        const wait = exponentialBackoff(() => share, given)(failed);
        const { attempt, error } = failed;
        const isOver = attempt >= given.maxAttempts || !ERRORS[error.code].retryable;
        expect(wait === undefined).toBe(isOver);
        if (wait === undefined) return;
        const planned = Math.min(given.baseMs * 2 ** (attempt - 1), given.maxMs);
        expect(Number.isInteger(wait)).toBe(true);
        expect(Math.abs(wait - planned)).toBeLessThanOrEqual(planned * 0.2 + 0.5);
      }),
    );
  });
});

describe('guardedPolicy', () => {
  const answers = fc.oneof(
    fc.double(),
    fc.constant(undefined),
    fc.constant('throws' as const),
    fc.integer(),
  );

  it('answers a wait or gives up, whatever the policy within does', () => {
    fc.assert(
      fc.property(answers, failures, (answer, failed) => {
        const errors: unknown[] = [];
        const policy: RetryPolicy = () => {
          if (answer === 'throws') throw new Error('a bug of the integrator');
          return answer;
        };
        const guarded = guardedPolicy(
          policy,
          () => 123,
          (error) => errors.push(error),
        );
        const isSound = answer === undefined || (Number.isFinite(answer) && Number(answer) >= 0);
        const isOver = failed.attempt >= 100;
        const wanted = isSound ? answer && Math.round(Number(answer)) : 123;
        expect(guarded(failed)).toBe(isOver ? undefined : wanted);
        expect(errors.length).toBe(isSound || isOver ? 0 : 1);
      }),
    );
  });
});
