import { expect, it } from 'vitest';
import type { Session, Store } from '../../store/store.ts';

const NOW = 1_800_000_000_000;

const session: Session = {
  id: 'session-1',
  subject: 'station-1',
  role: 'device',
  screens: ['station-1'],
  createdAt: NOW,
  generation: 1,
  rotatedAt: NOW,
  expiresAt: NOW + 86_400_000,
};

/** Screens, sessions and pairings. */
export function accessKeepsTheContract(opened: () => Store): void {
  it('rotates refresh tokens, forgives one lost answer, and revokes on reuse', async () => {
    await opened().sessions.create(session);
    const rotate = (generation: number, now: number) =>
      opened().sessions.rotate('session-1', {
        generation,
        now,
        graceMs: 60_000,
        expiresAt: now + 1_000_000,
      });
    expect(await rotate(1, NOW + 1)).toMatchObject({
      kind: 'rotated',
      session: {
        generation: 2,
        rotatedAt: NOW + 1,
        expiresAt: NOW + 1 + 1_000_000,
        screens: ['station-1'],
      },
    });
    expect(await rotate(1, NOW + 60_001)).toMatchObject({
      kind: 'rotated',
      session: { generation: 2 },
    });
    expect(await rotate(1, NOW + 60_002)).toMatchObject({ kind: 'reused' });
    expect(await rotate(2, NOW + 60_003)).toMatchObject({ kind: 'refused' });
    expect(await opened().sessions.revokedSince(NOW + 60_002)).toEqual(['session-1']);
    expect(await opened().sessions.revokedSince(NOW + 60_003)).toEqual([]);
    expect(
      await opened().sessions.rotate('missing', {
        generation: 1,
        now: NOW,
        graceMs: 1,
        expiresAt: NOW,
      }),
    ).toEqual({ kind: 'refused', session: undefined });
  });

  it('refuses a session that ended, and revokes once', async () => {
    await opened().sessions.create({ ...session, id: 'short', expiresAt: NOW + 10 });
    const late = { generation: 1, now: NOW + 10, graceMs: 1, expiresAt: NOW + 20 };
    expect((await opened().sessions.rotate('short', late)).kind).toBe('refused');
    expect(await opened().sessions.revoke('short', NOW + 5)).toMatchObject({ revokedAt: NOW + 5 });
    expect(await opened().sessions.revoke('short', NOW + 6)).toBeUndefined();
  });

  it('redeems a pairing once, in time, for its screen', async () => {
    const pairing = { hash: 'h', screenId: 'station-1', name: 'Line 1', expiresAt: NOW + 10 };
    await opened().pairings.create(pairing);
    expect(await opened().pairings.redeem('h', 'station-2', NOW)).toBeUndefined();
    const race = await Promise.all(
      [1, 2, 3].map(() => opened().pairings.redeem('h', 'station-1', NOW)),
    );
    expect(race.filter((redeemed) => redeemed !== undefined)).toEqual([pairing]);
    await opened().pairings.create({ ...pairing, hash: 'late' });
    expect(await opened().pairings.redeem('late', 'station-1', NOW + 10)).toBeUndefined();
  });

  it('keeps screens, their displays and when they were seen', async () => {
    const display = {
      index: 1,
      primary: false,
      bounds: { left: 1920, top: 0, width: 1280, height: 1024 },
    };
    await opened().screens.pair({ screenId: 'b', name: 'B', pairedAt: NOW });
    await opened().screens.pair({ screenId: 'a', name: 'A', pairedAt: NOW });
    await opened().screens.seen('a', { at: NOW + 1, displays: [display] });
    await opened().screens.seen('a', { at: NOW + 2 });
    await opened().screens.seen('missing', { at: NOW });
    await opened().screens.pair({ screenId: 'a', name: 'A again', pairedAt: NOW + 3 });
    expect(await opened().screens.find('a')).toMatchObject({
      name: 'A again',
      displays: [display],
    });
    expect(await opened().screens.find('missing')).toBeUndefined();
    const ids = (page: { screenId: string }[]) => page.map(({ screenId }) => screenId);
    expect(ids(await opened().screens.list('', 10))).toEqual(['a', 'b']);
    expect(ids(await opened().screens.list('a', 10))).toEqual(['b']);
    expect(ids(await opened().screens.list('', 1))).toEqual(['a']);
  });

  it('keeps tags, finds screens by them, and changes names and tags', async () => {
    const { screens, pairings } = opened();
    await screens.pair({ screenId: 'a', name: 'A', pairedAt: NOW, tags: ['line-1', 'andon'] });
    await screens.pair({ screenId: 'b', name: 'B', pairedAt: NOW, tags: ['line-1'] });
    await screens.pair({ screenId: 'c', name: 'C', pairedAt: NOW });
    expect((await screens.tagged('line-1', 10)).sort()).toEqual(['a', 'b']);
    expect(await screens.tagged('line-1', 1)).toHaveLength(1);
    expect(await screens.tagged('unknown', 10)).toEqual([]);
    expect(await screens.update('b', { tags: ['line-2'] })).toMatchObject({
      name: 'B',
      tags: ['line-2'],
    });
    expect(await screens.update('b', { name: 'B2' })).toMatchObject({ tags: ['line-2'] });
    expect(await screens.update('missing', { name: 'X' })).toBeUndefined();
    expect(await screens.tagged('line-1', 10)).toEqual(['a']);
    await screens.pair({ screenId: 'a', name: 'A', pairedAt: NOW + 1 });
    expect(await screens.find('a')).toMatchObject({ tags: ['line-1', 'andon'] });
    const pairing = { hash: 'h', screenId: 'a', name: 'A', expiresAt: NOW + 10, tags: ['line-9'] };
    await pairings.create(pairing);
    expect(await pairings.redeem('h', 'a', NOW)).toEqual(pairing);
  });
}
