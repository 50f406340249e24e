import { beforeEach, describe, expect, it } from 'vitest';
import { draftOf } from '../testing/drafts.ts';
import { fromDraft } from './command.ts';
import { Outbox } from './outbox.ts';

const NOW = 1_800_000_000_000;
const command = (seq: number, slot = `slot-${seq}`) =>
  fromDraft(draftOf({ now: NOW, id: `c${seq}`, slot }), seq);
const ids = (commands: { id: string }[]) => commands.map(({ id }) => id);

let outbox: Outbox;
beforeEach(() => {
  outbox = new Outbox({ receiptTimeoutMs: 100, outcomeTimeoutMs: 1_000, window: 2 });
});

describe('Outbox', () => {
  it('sends only the first of a slot, the next when that is gone', () => {
    outbox.load([command(1, 'a'), command(2, 'a'), command(3, 'b')]);
    expect(ids(outbox.take(NOW))).toEqual(['c1', 'c3']);
    expect(outbox.take(NOW)).toEqual([]);
    outbox.remove('c1');
    expect(ids(outbox.take(NOW))).toEqual(['c2']);
  });

  it('sends in the order of acceptance, however the commands came in', () => {
    outbox.load([command(5)]);
    outbox.add(command(3));
    expect(ids(outbox.take(NOW))).toEqual(['c3', 'c5']);
  });

  it('keeps no more in flight than its window', () => {
    outbox.load([command(1), command(2), command(3)]);
    expect(ids(outbox.take(NOW))).toEqual(['c1', 'c2']);
    outbox.remove('c2');
    expect(ids(outbox.take(NOW))).toEqual(['c3']);
  });

  it('does not bring back what ended while the store was read', () => {
    outbox.remove('c1');
    outbox.load([command(1), command(2)]);
    expect(ids(outbox.take(NOW))).toEqual(['c2']);
  });

  it('counts an attempt when it is sent, and not again after a reconnect', () => {
    const sentBefore = { ...command(1), state: 'dispatched', attempt: 1 } as const;
    outbox.load([sentBefore, command(2)]);
    expect(outbox.take(NOW).map(({ attempt }) => attempt)).toEqual([1, 1]);
  });

  it('holds a slot while its first command waits for its next attempt', () => {
    outbox.load([command(1, 'a'), command(2, 'a')]);
    const [sent] = outbox.take(NOW);
    if (!sent) throw new Error('nothing was sent');
    outbox.requeue({ ...sent, state: 'queued', notBefore: NOW + 500 });
    expect(outbox.take(NOW + 499)).toEqual([]);
    expect(outbox.nextWake(NOW)).toBe(NOW + 500);
    expect(outbox.take(NOW + 500)).toMatchObject([{ id: 'c1', attempt: 2 }]);
  });

  it('notices silence after the receipt timeout, and later after a receipt', () => {
    outbox.load([command(1), command(2)]);
    outbox.take(NOW);
    expect(outbox.received('c2', 1, NOW + 50)).toMatchObject({ id: 'c2', state: 'received' });
    expect(outbox.received('c2', 1, NOW + 60)).toBeUndefined();
    expect(outbox.nextWake(NOW)).toBe(NOW + 100);
    expect(ids(outbox.overdue(NOW + 100).silent)).toEqual(['c1']);
    expect(ids(outbox.overdue(NOW + 1_060).silent)).toEqual(['c1', 'c2']);
  });

  it('takes over what the device says that it has, instead of sending it again', () => {
    outbox.load([command(1), command(2)]);
    expect(outbox.adopt('c1', 1, NOW)).toMatchObject({ id: 'c1', state: 'received', attempt: 1 });
    expect(outbox.adopt('missing', 1, NOW)).toBeUndefined();
    expect(ids(outbox.take(NOW))).toEqual(['c2']);
  });

  it('never sends what has expired, and says so', () => {
    outbox.load([{ ...command(1), expiresAt: NOW + 10 }]);
    expect(outbox.nextWake(NOW)).toBe(NOW + 10);
    expect(outbox.take(NOW + 10)).toEqual([]);
    expect(ids(outbox.overdue(NOW + 10).expired)).toEqual(['c1']);
  });
});
