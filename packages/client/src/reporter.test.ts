import type { Outcome, Report } from '@remote-display/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_REPORT, Reporter } from './reporter.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

let clock: VirtualClock;
let sent: Report[];
let confirmed: Outcome[];
let reporter: Reporter;
/** Answers the oldest report that waits: with what was settled, or not at all. */
let answer: (settled: string[] | undefined) => Promise<void>;

beforeEach(() => {
  clock = new VirtualClock();
  [sent, confirmed] = [[], []];
  const waiting: ((settled: string[] | undefined) => void)[] = [];
  answer = async (settled) => {
    waiting.shift()?.(settled);
    await clock.advance(0);
  };
  reporter = new Reporter({
    clock,
    send: (report) => {
      sent.push(report);
      return new Promise((resolve, reject) =>
        waiting.push((settled) => (settled ? resolve({ settled }) : reject(new Error('lost')))),
      );
    },
    onConfirmed: (outcomes) => confirmed.push(...outcomes),
  });
});

const shown = (id: string, attempt = 1): Outcome => ({ id, attempt, state: 'shown' });
const ids = (report: Report | undefined) => report?.outcomes.map(({ id }) => id);

describe('an open line', () => {
  beforeEach(() => reporter.open());

  it('takes an outcome at once, and with it the receipt that has not left yet', async () => {
    reporter.receipt({ id: 'a', attempt: 1 });
    reporter.outcome(shown('a'));
    await clock.advance(0);
    expect(sent).toEqual([{ receipts: [], outcomes: [shown('a')] }]);
  });

  it('takes the receipts of a tick together', async () => {
    reporter.receipt({ id: 'a', attempt: 1 });
    reporter.receipt({ id: 'b', attempt: 1 });
    expect(sent).toEqual([]);
    await clock.advance(0);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.receipts.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('carries an outcome once where the server has it', async () => {
    reporter.outcome(shown('a'));
    await answer(['a']);
    await clock.advance(60_000);
    expect(sent).toHaveLength(1);
    expect(confirmed).toEqual([shown('a')]);
  });

  it('carries again after a second what the server could not keep, and nothing else', async () => {
    reporter.outcome(shown('a'));
    reporter.outcome(shown('b'));
    await answer(['a']);
    await answer([]);
    await clock.advance(999);
    expect(sent).toHaveLength(2);
    await clock.advance(1);
    expect(sent.map(ids)).toEqual([['a'], ['b'], ['b']]);
    await answer(['b']);
    expect(confirmed).toEqual([shown('a'), shown('b')]);
  });

  it('carries again what was lost on the way, and no outcome waits for another’s answer', async () => {
    reporter.outcome(shown('a'));
    reporter.outcome(shown('b'));
    expect(sent.map(ids)).toEqual([['a'], ['b']]);
    await answer(undefined);
    await answer(['b']);
    await clock.advance(1_000);
    expect(sent.map(ids)).toEqual([['a'], ['b'], ['a']]);
  });

  it('goes on with the next attempt, though the word about the one before comes late', async () => {
    reporter.outcome({ ...shown('a'), state: 'failed' });
    reporter.outcome(shown('a', 2));
    await answer(['a']);
    await answer([]);
    await clock.advance(1_000);
    expect(sent.at(-1)?.outcomes).toEqual([shown('a', 2)]);
  });
});

describe('a closed line', () => {
  it('carries nothing', async () => {
    reporter.receipt({ id: 'a', attempt: 1 });
    reporter.outcome(shown('a'));
    await clock.advance(60_000);
    expect(sent).toEqual([]);
  });

  it('carries nothing of what was to be told again, and takes no late answer', async () => {
    reporter.open();
    reporter.outcome(shown('a'));
    reporter.outcome(shown('b'));
    await answer([]);
    reporter.close();
    await answer(['b']);
    await clock.advance(60_000);
    expect(sent).toHaveLength(2);
    expect(confirmed).toEqual([]);
  });

  it('that opens again carries what the resume could not settle', async () => {
    reporter.open();
    reporter.outcome(shown('a'));
    reporter.close();
    await answer(undefined);
    // As the client does with what its inbox still has.
    reporter.outcome(shown('a'));
    reporter.open();
    expect(sent.map(ids)).toEqual([['a'], ['a']]);
  });

  it('that opens again carries no more in one message than the server takes', () => {
    const all = Array.from({ length: 2 * MAX_REPORT + 1 }, (_, n) => shown(`c${n}`));
    for (const outcome of all) reporter.outcome(outcome);
    reporter.open();
    expect(sent.map(({ outcomes }) => outcomes.length)).toEqual([MAX_REPORT, MAX_REPORT, 1]);
    expect(sent.flatMap(ids)).toEqual(all.map(({ id }) => id));
  });
});
