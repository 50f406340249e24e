import { expect, it } from 'vitest';
import type { Store } from '../../store/store.ts';
import { draftOf } from '../drafts.ts';

const NOW = 1_800_000_000_000;
const ids = (commands: { id: string }[]) => commands.map(({ id }) => id);
const retention = (settledBefore: number, now: number, limit: number, maxSettled = 1_000) => ({
  settledBefore,
  now,
  limit,
  maxSettled,
  keepSince: NOW + 1_000,
});

/** Commands from their acceptance to their end. */
export function commandsKeepTheContract(opened: () => Store): void {
  const accept = async (given: Parameters<typeof draftOf>[0] = { now: NOW }) => {
    const acceptance = await opened().commands.accept(draftOf(given));
    if (acceptance.kind !== 'accepted') throw new Error(`was ${acceptance.kind}`);
    return acceptance;
  };

  it('gives accepted commands their place and finds them again', async () => {
    const first = await accept({ now: NOW, id: 'a', slot: 'one' });
    const second = await accept({ now: NOW, id: 'b', slot: 'two' });
    expect(second.command.seq).toBeGreaterThan(first.command.seq);
    expect(await opened().commands.find('a')).toEqual(first.command);
    expect(await opened().commands.outbox('station-1', 10)).toEqual([
      first.command,
      second.command,
    ]);
    expect(await opened().commands.outbox('station-1', 1)).toEqual([first.command]);
    expect(await opened().commands.find('missing')).toBeUndefined();
  });

  it('supersedes what has not ended in the slot of the same screen, and nothing else', async () => {
    const older = await accept({ now: NOW, id: 'older' });
    await opened().commands.mark([{ id: 'older', state: 'received', attempt: 1, at: NOW + 1 }]);
    await accept({ now: NOW, id: 'elsewhere', screenId: 'station-2' });
    await accept({ now: NOW, id: 'other-slot', slot: 'display:2:document' });
    const { superseded, command } = await accept({ now: NOW + 5, id: 'newer' });
    expect(superseded.map(({ id }) => id)).toEqual([older.command.id]);
    expect(superseded[0]).toMatchObject({ state: 'superseded', settledAt: NOW + 5 });
    expect(superseded[0]?.history.at(-1)).toEqual({
      state: 'superseded',
      at: NOW + 5,
      by: 'newer',
    });
    expect(await opened().commands.find('older')).toEqual(superseded[0]);
    const open = await opened().commands.outbox('station-1', 10);
    expect(open.map(({ id }) => id)).toEqual(['other-slot', command.id]);
  });

  it('answers a known key with the first command, and refuses it for another wish', async () => {
    const { command } = await accept({ now: NOW, id: 'first', keys: ['k'] });
    const again = await opened().commands.accept(
      draftOf({ now: NOW + 1, id: 'second', keys: ['k'] }),
    );
    expect(again).toEqual({ kind: 'repeated', command });
    const other = draftOf({ now: NOW + 1, id: 'third', keys: ['k'], fingerprint: 'two' });
    expect(await opened().commands.accept(other)).toEqual({ kind: 'conflict' });
    expect(await opened().commands.find('second')).toBeUndefined();
    expect(await opened().commands.recall(['k'], NOW + 1)).toEqual({ command, fingerprint: 'one' });
    expect(await opened().commands.recall(['unknown'], NOW)).toBeUndefined();
  });

  it('forgets a key when its time is over', async () => {
    await accept({ now: NOW, id: 'first', keys: ['k'], keyExpiresAt: NOW + 10 });
    expect(await opened().commands.recall(['k'], NOW + 10)).toBeUndefined();
    const { command } = await accept({ now: NOW + 10, id: 'second', keys: ['k'], slot: 'other' });
    expect(command.id).toBe('second');
  });

  it('takes one of many accepts that race under one key', async () => {
    const race = Array.from({ length: 20 }, (_, n) =>
      opened().commands.accept(draftOf({ now: NOW, id: `racer-${n}`, keys: ['k'] })),
    );
    const kinds = (await Promise.all(race)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'repeated')).toHaveLength(19);
  });

  it('marks only forwards', async () => {
    await accept({ now: NOW, id: 'a' });
    const mark = (state: 'dispatched' | 'received', attempt: number, at: number) =>
      opened().commands.mark([{ id: 'a', state, attempt, at }]);
    await mark('received', 1, NOW + 2);
    await mark('dispatched', 1, NOW + 1);
    expect(await opened().commands.find('a')).toMatchObject({ state: 'received', attempt: 1 });
    await mark('dispatched', 2, NOW + 3);
    expect(await opened().commands.find('a')).toMatchObject({ state: 'dispatched', attempt: 2 });
    await mark('received', 1, NOW + 4);
    expect(await opened().commands.find('a')).toMatchObject({ state: 'dispatched', attempt: 2 });
    await opened().commands.mark([{ id: 'missing', state: 'dispatched', attempt: 1, at: NOW }]);
  });

  it('notes a failed attempt once', async () => {
    await accept({ now: NOW, id: 'a' });
    const failed = {
      attempt: 1,
      at: NOW + 1,
      notBefore: NOW + 1_000,
      error: { code: 'HANDLER_FAILED' },
    };
    const waiting = await opened().commands.retry('a', failed);
    expect(waiting).toMatchObject({ state: 'queued', attempt: 1, notBefore: NOW + 1_000 });
    expect(waiting?.history.at(-1)).toMatchObject({
      state: 'failed',
      attempt: 1,
      code: 'HANDLER_FAILED',
    });
    expect(await opened().commands.retry('a', failed)).toBeUndefined();
    expect(await opened().commands.retry('missing', failed)).toBeUndefined();
    // Word of the attempt that comes after its failure.
    await opened().commands.mark([{ id: 'a', state: 'received', attempt: 1, at: NOW + 2 }]);
    expect(await opened().commands.find('a')).toMatchObject({ state: 'queued', attempt: 1 });
  });

  it('settles once, and never moves what has ended', async () => {
    await accept({ now: NOW, id: 'a' });
    const evidence = { displayIndex: 1, status: 200 };
    const first = await opened().commands.settle('a', {
      state: 'shown',
      at: NOW + 1,
      attempt: 1,
      evidence,
    });
    expect(first).toMatchObject({
      moved: true,
      command: { state: 'shown', evidence, settledAt: NOW + 1 },
    });
    const second = await opened().commands.settle('a', { state: 'dead', at: NOW + 2 });
    expect(second).toEqual({ moved: false, command: first.command });
    await opened().commands.mark([{ id: 'a', state: 'dispatched', attempt: 2, at: NOW + 3 }]);
    const failed = {
      attempt: 3,
      at: NOW + 3,
      notBefore: NOW + 4,
      error: { code: 'HANDLER_FAILED' },
    };
    expect(await opened().commands.retry('a', failed)).toBeUndefined();
    expect(await opened().commands.find('a')).toEqual(first.command);
    expect(await opened().commands.outbox('station-1', 10)).toEqual([]);
    expect(await opened().commands.settle('missing', { state: 'shown', at: NOW })).toEqual({
      moved: false,
      command: undefined,
    });
  });

  it('settles only from the states and for the screen that are asked for', async () => {
    await accept({ now: NOW, id: 'a' });
    await opened().commands.mark([{ id: 'a', state: 'dispatched', attempt: 1, at: NOW }]);
    const cancelled = { state: 'cancelled', at: NOW, from: ['queued'] } as const;
    expect((await opened().commands.settle('a', cancelled)).moved).toBe(false);
    const foreign = { state: 'shown', at: NOW, screenId: 'station-2' } as const;
    expect((await opened().commands.settle('a', foreign)).moved).toBe(false);
    expect(await opened().commands.find('a')).toMatchObject({ state: 'dispatched' });
  });

  it('expires what waited too long, and later what was in flight', async () => {
    await accept({ now: NOW, id: 'waiting', expiresAt: NOW + 10, slot: 'one' });
    await accept({ now: NOW, id: 'in-flight', expiresAt: NOW + 10, slot: 'two' });
    await accept({ now: NOW, id: 'valid', expiresAt: NOW + 1_000, slot: 'three' });
    await opened().commands.mark([
      { id: 'in-flight', state: 'dispatched', attempt: 1, at: NOW + 5 },
    ]);
    expect(await opened().commands.expire(NOW + 9, 100, 10)).toEqual([]);
    expect(ids(await opened().commands.expire(NOW + 10, 100, 10))).toEqual(['waiting']);
    expect(ids(await opened().commands.expire(NOW + 109, 100, 10))).toEqual([]);
    expect(ids(await opened().commands.expire(NOW + 110, 100, 10))).toEqual(['in-flight']);
    expect(await opened().commands.find('waiting')).toMatchObject({
      state: 'expired',
      error: { code: 'COMMAND_EXPIRED' },
    });
  });

  it('prunes settled commands and ended keys in bounded steps', async () => {
    for (let n = 0; n < 5; n++) {
      await accept({ now: NOW + n, id: `c${n}`, slot: `s${n}`, keyExpiresAt: NOW + 100 });
      if (n < 4) await opened().commands.settle(`c${n}`, { state: 'shown', at: NOW + n });
    }
    expect(await opened().commands.prune(retention(NOW + 3, NOW, 2))).toBe(2);
    expect(await opened().commands.prune(retention(NOW + 3, NOW, 2))).toBe(1);
    expect(await opened().commands.prune(retention(NOW + 3, NOW, 2))).toBe(0);
    expect(await opened().commands.find('c2')).toBeUndefined();
    expect(await opened().commands.find('c3')).toBeDefined();
    expect(await opened().commands.find('c4')).toBeDefined();
    // The five keys; none where the store lets keys end by themselves.
    expect([5, 0]).toContain(await opened().commands.prune(retention(0, NOW + 100, 10)));
  });

  it('prunes the oldest of more settled commands than are kept', async () => {
    for (let n = 0; n < 5; n++) {
      await accept({ now: NOW + n, id: `c${n}`, slot: `s${n}` });
      await opened().commands.settle(`c${n}`, { state: 'shown', at: NOW + n });
    }
    expect(await opened().commands.prune(retention(0, NOW, 1, 3))).toBe(1);
    expect(await opened().commands.prune(retention(0, NOW, 10, 3))).toBe(1);
    expect(await opened().commands.prune(retention(0, NOW, 10, 3))).toBe(0);
    expect(await opened().commands.find('c1')).toBeUndefined();
    expect(await opened().commands.find('c2')).toBeDefined();
    // Its key may still be asked for: whatever their number, the newest stay.
    const crowded = { ...retention(0, NOW, 10, 1), keepSince: NOW + 3 };
    expect(await opened().commands.prune(crowded)).toBe(1);
    expect(await opened().commands.find('c3')).toBeDefined();
  });

  it('lets a command of `all` wait behind its slot, and one of `latest` clear it', async () => {
    await accept({ now: NOW, id: 'a' });
    expect((await accept({ now: NOW, id: 'b', queue: 'all' })).superseded).toEqual([]);
    expect(ids(await opened().commands.outbox('station-1', 10))).toEqual(['a', 'b']);
    expect(ids((await accept({ now: NOW, id: 'c' })).superseded)).toEqual(['a', 'b']);
  });

  it('refuses what a screen has no room for, and does nothing half', async () => {
    await accept({ now: NOW, id: 'a', slot: 'one', maxUnsettled: 2 });
    await accept({ now: NOW, id: 'b', slot: 'two', maxUnsettled: 2 });
    const full = draftOf({ now: NOW, id: 'c', slot: 'three', maxUnsettled: 2, keys: ['k'] });
    expect(await opened().commands.accept(full)).toEqual({ kind: 'full' });
    expect(await opened().commands.recall(['k'], NOW)).toBeUndefined();
    expect(await opened().commands.find('c')).toBeUndefined();
    // One that ends another needs no more room than there was.
    await accept({ now: NOW, id: 'd', slot: 'two', maxUnsettled: 2 });
    await accept({ now: NOW, id: 'e', screenId: 'station-2', maxUnsettled: 2 });
    await opened().commands.settle('a', { state: 'shown', at: NOW });
    expect(await opened().commands.accept(full)).toMatchObject({ kind: 'accepted' });
  });

  it('knows a command by any of its keys', async () => {
    const { command } = await accept({ now: NOW, id: 'a', keys: ['one', 'two'] });
    const again = draftOf({ now: NOW, id: 'b', keys: ['other', 'two'] });
    expect(await opened().commands.accept(again)).toEqual({ kind: 'repeated', command });
    expect(await opened().commands.recall(['unknown', 'one'], NOW)).toMatchObject({ command });
    const conflict = draftOf({ now: NOW, id: 'c', keys: ['two'], fingerprint: 'two' });
    expect(await opened().commands.accept(conflict)).toEqual({ kind: 'conflict' });
  });

  it('gives places that follow the time, also when the clock is set back', async () => {
    const first = await accept({ now: NOW, id: 'a', slot: 'one' });
    expect(first.command.seq).toBeGreaterThanOrEqual(NOW * 1_000);
    const second = await accept({ now: NOW - 3_600_000, id: 'b', slot: 'two' });
    expect(second.command.seq).toBeGreaterThan(first.command.seq);
  });

  it('gives each command an id under which it is found', async () => {
    const { commands } = opened();
    const id = commands.newId('station-1');
    expect(commands.newId('station-1')).not.toBe(id);
    const { command } = await accept({ now: NOW, id, priority: 3 });
    expect(await commands.find(id)).toEqual(command);
    expect(command.priority).toBe(3);
    for (const strange of ['', 'x', '99999.x', '-1.x', 'a.b.c', '{tag}', '*', '__proto__'])
      expect(await commands.find(strange)).toBeUndefined();
  });

  it('lets only the connection that holds the screen fail or retry its commands', async () => {
    const { commands } = opened();
    await accept({ now: NOW, id: 'a' });
    expect(ids(await commands.hold('station-1', 'older', 10))).toEqual(['a']);
    expect(ids(await commands.hold('station-1', 'newer', 10))).toEqual(['a']);
    expect(await commands.holder('station-1')).toBe('newer');
    expect(await commands.holder('station-2')).toBeUndefined();
    const failed = { attempt: 1, at: NOW, notBefore: NOW, error: { code: 'RECEIPT_TIMEOUT' } };
    expect(await commands.retry('a', { ...failed, holder: 'older' })).toBeUndefined();
    const dead = { state: 'dead', at: NOW, error: failed.error } as const;
    expect((await commands.settle('a', { ...dead, holder: 'older' })).moved).toBe(false);
    expect(await commands.retry('a', { ...failed, holder: 'newer' })).toMatchObject({ attempt: 1 });
    expect((await commands.settle('a', { ...dead, holder: 'newer' })).moved).toBe(true);
  });

  it('keeps what a caller or a device said, whatever characters it has', async () => {
    const orderId = `"'\\ 한글 \u2028 {x} %s \u{1f600} ]]`;
    const payload = {
      displayIndex: 0,
      orderId,
      document: { url: 'https://docs.example.com/?a=1&b=%22', title: orderId },
    };
    const { command } = await accept({ now: NOW, id: 'a', payload, subject: orderId });
    expect(await opened().commands.find('a')).toEqual(command);
    const error = { code: 'HANDLER_FAILED', detail: orderId };
    await opened().commands.retry('a', { attempt: 1, at: NOW, notBefore: NOW, error });
    const evidence = { bounds: { left: -1.5, top: 0, width: 1, height: 1 }, timings: {} };
    const { command: after } = await opened().commands.settle('a', {
      state: 'shown',
      at: NOW,
      evidence,
    });
    expect(after).toMatchObject({ payload, subject: orderId, evidence });
    expect(after?.history[1]).toEqual({ state: 'failed', at: NOW, attempt: 1, ...error });
    expect(await opened().commands.find('a')).toEqual(after);
  });
}
