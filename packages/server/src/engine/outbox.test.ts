import { beforeEach, describe, expect, it } from 'vitest';
import { draftOf } from '../testing/drafts.ts';
import type { Moment } from './clock.ts';
import { type Command, fromDraft } from './command.ts';
import { Outbox } from './outbox.ts';

const NOW = 1_800_000_000_000;
/** So many ms after the beginning. */
const at = (ms: number): Moment => ({ wall: NOW + ms, ticks: ms });
const START = at(0);
const command = (seq: number, slot = `slot-${seq}`) =>
  fromDraft(draftOf({ now: NOW, id: `c${seq}`, slot }), seq);
const ids = (commands: { id: string }[]) => commands.map(({ id }) => id);

const load = (commands: Command[]) =>
  outbox.load(
    async () => commands,
    () => START,
  );

let outbox: Outbox;
beforeEach(() => {
  outbox = new Outbox({ receiptTimeoutMs: 100, outcomeTimeoutMs: 1_000, window: 2 });
});

describe('Outbox', () => {
  it('sends only the first of a slot, the next when that is gone', async () => {
    await load([command(1, 'a'), command(2, 'a'), command(3, 'b')]);
    expect(ids(outbox.take(START))).toEqual(['c1', 'c3']);
    expect(outbox.take(START)).toEqual([]);
    outbox.remove('c1');
    expect(ids(outbox.take(START))).toEqual(['c2']);
  });

  it('sends in the order of acceptance, however the commands came in', async () => {
    await load([command(5)]);
    outbox.add(command(3), START);
    expect(ids(outbox.take(START))).toEqual(['c3', 'c5']);
  });

  it('keeps no more in flight than its window', async () => {
    await load([command(1), command(2), command(3)]);
    expect(ids(outbox.take(START))).toEqual(['c1', 'c2']);
    outbox.remove('c2');
    expect(ids(outbox.take(START))).toEqual(['c3']);
  });

  it('knows better than what was read what came and ended meanwhile', async () => {
    await load([command(1), command(9)]);
    const read = Promise.withResolvers<Command[]>();
    const loading = outbox.load(
      () => read.promise,
      () => START,
    );
    outbox.remove('c1');
    outbox.add(command(3), START);
    read.resolve([command(1), command(2)]);
    expect(await loading).toEqual(['c9']);
    expect(ids(outbox.commands()).sort()).toEqual(['c2', 'c3']);
  });

  it('never takes back what has just ended, in whatever order the news come', async () => {
    outbox.remove('c1');
    outbox.add(command(1), START);
    expect(outbox.take(START)).toEqual([]);
  });

  it('sends the higher priority first, but never before its own slot', async () => {
    const urgent = (seq: number, slot: string) => ({ ...command(seq, slot), priority: 5 });
    await load([command(1, 'a'), command(2, 'b'), urgent(3, 'b'), urgent(4, 'c')]);
    expect(ids(outbox.take(START))).toEqual(['c4', 'c1']);
    outbox.remove('c4');
    outbox.remove('c1');
    expect(ids(outbox.take(START))).toEqual(['c2']);
  });

  it('waits no longer than meant when the clock is set back', async () => {
    await load([command(1)]);
    const [sent] = outbox.take(START);
    if (!sent) throw new Error('nothing was sent');
    const failed = { state: 'failed', at: NOW, attempt: 1 } as const;
    const waiting = { ...sent, state: 'queued', notBefore: NOW + 500, history: [failed] } as const;
    outbox.requeue({ ...waiting, history: [failed] }, { wall: NOW - 3_600_000, ticks: 0 });
    expect(outbox.untilDue({ wall: NOW - 3_600_000, ticks: 0 })).toBe(500);
  });

  it('counts an attempt when it is sent, and not again after a reconnect', async () => {
    const sentBefore = { ...command(1), state: 'dispatched', attempt: 1 } as const;
    await load([sentBefore, command(2)]);
    expect(outbox.take(START).map(({ attempt }) => attempt)).toEqual([1, 1]);
  });

  it('holds a slot while its first command waits for its next attempt', async () => {
    await load([command(1, 'a'), command(2, 'a')]);
    const [sent] = outbox.take(START);
    if (!sent) throw new Error('nothing was sent');
    outbox.requeue(
      {
        ...sent,
        state: 'queued',
        notBefore: NOW + 500,
        history: [{ state: 'failed', at: NOW, attempt: 1 }],
      },
      START,
    );
    expect(outbox.take(at(499))).toEqual([]);
    expect(outbox.untilDue(START)).toBe(500);
    expect(outbox.take(at(500))).toMatchObject([{ id: 'c1', attempt: 2 }]);
  });

  it('notices silence after the receipt timeout, and later after a receipt', async () => {
    await load([command(1), command(2)]);
    outbox.take(START);
    expect(outbox.received('c2', 1, at(50))).toMatchObject({ id: 'c2', state: 'received' });
    expect(outbox.received('c2', 1, at(60))).toBeUndefined();
    expect(outbox.untilDue(START)).toBe(100);
    expect(ids(outbox.silent(at(100)))).toEqual(['c1']);
    expect(ids(outbox.silent(at(1_060)))).toEqual(['c1', 'c2']);
  });

  it('takes over what the device says that it has, instead of sending it again', async () => {
    await load([command(1), command(2)]);
    expect(outbox.adopt('c1', 1, START)).toMatchObject({ id: 'c1', state: 'received', attempt: 1 });
    expect(outbox.adopt('missing', 1, START)).toBeUndefined();
    expect(ids(outbox.take(START))).toEqual(['c2']);
  });

  it('never sends what has expired, and lets the next of the slot go', async () => {
    await load([{ ...command(1, 'a'), expiresAt: NOW + 10 }, command(2, 'a')]);
    expect(ids(outbox.take(at(10)))).toEqual(['c2']);
  });
});
