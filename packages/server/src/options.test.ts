import { describe, expect, it } from 'vitest';
import { checkOptions, type RemoteDisplayOptions } from './options.ts';

const GOOD: RemoteDisplayOptions = {
  secret: 'a secret for tests only, 0123456789 abcdef',
  resolveOrder: () => null,
};

const refusalOf = (given: object): string => {
  try {
    checkOptions({ ...GOOD, ...given });
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS' });
    return (error as { detail: string }).detail;
  }
  throw new Error('was accepted');
};

describe('options', () => {
  it('have the defaults that their comments name', () => {
    expect(checkOptions(GOOD)).toMatchObject({
      breaker: { failures: 5, resetMs: 10_000 },
      deadLetters: { retentionMs: 2_592_000_000, maxCount: 100_000 },
      commands: {
        ttlMs: 300_000,
        maxAttempts: 4,
        maxUnsettled: 1_000,
        idempotencyMs: 3_600_000,
        retentionMs: 604_800_000,
        maxSettled: 1_000_000,
      },
      heartbeat: { intervalMs: 25_000, timeoutMs: 5_000 },
    });
    expect(checkOptions(GOOD).orderCache).toBeUndefined();
  });

  it.each([
    ['no secret', { secret: '' }, 'secret'],
    ['a short secret', { secret: 'abcdefgh' }, 'secret'],
    ['a secret that is no secret', { secret: 'a'.repeat(40) }, 'secret'],
    ['something that it does not know', { commands: { retention: 1 } }, 'commands'],
    ['a bound of nothing', { commands: { maxUnsettled: 0 } }, 'commands.maxUnsettled'],
    ['a policy that is none', { commands: { retryPolicy: 3 } }, 'commands.retryPolicy'],
    ['a cache of no time', { orderCache: { ttlMs: 0 } }, 'orderCache.ttlMs'],
    ['a cache that varies by nonsense', { orderCache: { ttlMs: 1_000, vary: ['x'] } }, 'vary'],
    ['a breaker that never opens', { breaker: { failures: 0 } }, 'breaker.failures'],
    ['a hook that is none', { onDeadLetter: 'mail' }, 'onDeadLetter'],
    ['dead letters of no number', { deadLetters: { maxCount: 0 } }, 'deadLetters.maxCount'],
    // Its key would be good when the command is forgotten: a second one would be made under it.
    ['commands kept shorter than keys', { commands: { retentionMs: 60_000 } }, 'retentionMs'],
    ['a heartbeat that is too slow', { heartbeat: { intervalMs: 60_000 } }, 'heartbeat'],
  ])('that have %s are refused, by name', (_, given, name) => {
    expect(refusalOf(given)).toContain(name);
  });
});
