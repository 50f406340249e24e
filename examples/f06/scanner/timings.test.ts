import { expect, it } from 'vitest';
import { timingsOf } from './timings.ts';

it('counts every stage from the scan', () => {
  const history = [
    { state: 'queued' as const, at: 1_010 },
    { state: 'dispatched' as const, at: 1_012 },
    { state: 'received' as const, at: 1_020 },
    { state: 'shown' as const, at: 1_101 },
  ];
  expect(timingsOf({ history }, 1_000)).toEqual({
    accepted: 10,
    dispatched: 12,
    received: 20,
    shown: 101,
  });
});

it('tells of a retry the times of the try that ended it, and no stage that was not reached', () => {
  const history = [
    { state: 'queued' as const, at: 1_010 },
    { state: 'dispatched' as const, at: 1_020 },
    { state: 'failed' as const, at: 1_030 },
    { state: 'queued' as const, at: 1_031 },
    { state: 'dispatched' as const, at: 1_500 },
  ];
  expect(timingsOf({ history }, 1_000)).toEqual({ accepted: 10, dispatched: 500 });
});
