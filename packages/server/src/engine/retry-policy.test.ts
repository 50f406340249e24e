import { describe, expect, it } from 'vitest';
import { exponentialBackoff, guardedPolicy } from './retry-policy.ts';

const failed = (attempt: number, code = 'DOCUMENT_UNREACHABLE') =>
  ({ type: 'navigate', attempt, error: { code } }) as const;

describe('exponentialBackoff', () => {
  it('waits 1, 2, 4 and 8 s, and then gives up', () => {
    const policy = exponentialBackoff(() => 0.5, { maxAttempts: 6 });
    expect([1, 2, 3, 4, 5, 6].map((attempt) => policy(failed(attempt)))).toEqual([
      1_000,
      2_000,
      4_000,
      8_000,
      8_000,
      undefined,
    ]);
  });

  it('makes four attempts by default', () => {
    const policy = exponentialBackoff(() => 0.5);
    expect(policy(failed(3))).toBe(4_000);
    expect(policy(failed(4))).toBeUndefined();
  });

  it('strays from the schedule by at most a fifth', () => {
    expect(exponentialBackoff(() => 0)(failed(1))).toBe(800);
    expect(exponentialBackoff(() => 1)(failed(1))).toBe(1_200);
  });

  it('gives up at once where trying again cannot help, and tries what it does not know', () => {
    const policy = exponentialBackoff(() => 0.5);
    expect(policy(failed(1, 'DOCUMENT_NOT_FOUND'))).toBeUndefined();
    expect(policy(failed(1, 'SOMETHING_OF_THE_INTEGRATOR'))).toBe(1_000);
  });
});

describe('a policy of the integrator', () => {
  const errors: unknown[] = [];
  const guard = (policy: () => number | undefined) =>
    guardedPolicy(
      policy,
      () => 77,
      (error) => errors.push(error),
    );

  it('decides, in whole milliseconds, and a hundred times at most', () => {
    expect(guard(() => 5)(failed(1))).toBe(5);
    expect(guard(() => 1_000 * 1.5 ** 3)(failed(1))).toBe(3_375);
    expect(guard(() => 0.4)(failed(99))).toBe(0);
    expect(guard(() => 5)(failed(100))).toBeUndefined();
    expect(guard(() => undefined)(failed(1))).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['answers no number', () => Number.NaN],
    ['answers a time that is past', () => -1],
    ['never wants to', () => Infinity],
    // JavaScript lets it through.
    ['answers a promise', () => Promise.reject(new Error('broken')) as unknown as number],
  ])('that %s does no harm: the default decides', (_, policy) => {
    const before = errors.length;
    expect(guard(policy)(failed(1))).toBe(77);
    expect(errors.length).toBeGreaterThan(before);
  });
});
