import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Session, Store } from '../store/store.ts';
import { draftOf } from './drafts.ts';

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

/** What every store must do, whatever it is made of. */
export function describeStore(name: string, make: () => Store): void {
  describe(`${name} keeps the contract`, () => {
    let store: Store;

    beforeEach(async () => {
      store = make();
      await store.open();
    });
    afterEach(() => store.close());

    const accept = async (given: Parameters<typeof draftOf>[0] = { now: NOW }) => {
      const acceptance = await store.commands.accept(draftOf(given));
      if (acceptance.kind !== 'accepted') throw new Error(`was ${acceptance.kind}`);
      return acceptance;
    };

    it('gives accepted commands their place and finds them again', async () => {
      const first = await accept({ now: NOW, id: 'a', slot: 'one' });
      const second = await accept({ now: NOW, id: 'b', slot: 'two' });
      expect(second.command.seq).toBeGreaterThan(first.command.seq);
      expect(await store.commands.find('a')).toEqual(first.command);
      expect(await store.commands.outbox('station-1', 10)).toEqual([first.command, second.command]);
      expect(await store.commands.outbox('station-1', 1)).toEqual([first.command]);
      expect(await store.commands.find('missing')).toBeUndefined();
    });

    it('supersedes what has not ended in the slot of the same screen, and nothing else', async () => {
      const older = await accept({ now: NOW, id: 'older' });
      await store.commands.mark([{ id: 'older', state: 'received', attempt: 1, at: NOW + 1 }]);
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
      expect(await store.commands.find('older')).toEqual(superseded[0]);
      const open = await store.commands.outbox('station-1', 10);
      expect(open.map(({ id }) => id)).toEqual(['other-slot', command.id]);
    });

    it('answers a known key with the first command, and refuses it for another wish', async () => {
      const { command } = await accept({ now: NOW, id: 'first', key: 'k' });
      const again = await store.commands.accept(draftOf({ now: NOW + 1, id: 'second', key: 'k' }));
      expect(again).toEqual({ kind: 'repeated', command });
      const other = draftOf({ now: NOW + 1, id: 'third', key: 'k', fingerprint: 'two' });
      expect(await store.commands.accept(other)).toEqual({ kind: 'conflict' });
      expect(await store.commands.find('second')).toBeUndefined();
      expect(await store.commands.recall('k', NOW + 1)).toEqual({ command, fingerprint: 'one' });
      expect(await store.commands.recall('unknown', NOW)).toBeUndefined();
    });

    it('forgets a key when its time is over', async () => {
      await accept({ now: NOW, id: 'first', key: 'k', keyExpiresAt: NOW + 10 });
      expect(await store.commands.recall('k', NOW + 10)).toBeUndefined();
      const { command } = await accept({ now: NOW + 10, id: 'second', key: 'k', slot: 'other' });
      expect(command.id).toBe('second');
    });

    it('takes one of many accepts that race under one key', async () => {
      const race = Array.from({ length: 20 }, (_, n) =>
        store.commands.accept(draftOf({ now: NOW, id: `racer-${n}`, key: 'k' })),
      );
      const kinds = (await Promise.all(race)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'repeated')).toHaveLength(19);
    });

    it('marks only forwards', async () => {
      await accept({ now: NOW, id: 'a' });
      const mark = (state: 'dispatched' | 'received', attempt: number, at: number) =>
        store.commands.mark([{ id: 'a', state, attempt, at }]);
      await mark('received', 1, NOW + 2);
      await mark('dispatched', 1, NOW + 1);
      expect(await store.commands.find('a')).toMatchObject({ state: 'received', attempt: 1 });
      await mark('dispatched', 2, NOW + 3);
      expect(await store.commands.find('a')).toMatchObject({ state: 'dispatched', attempt: 2 });
      await mark('received', 1, NOW + 4);
      expect(await store.commands.find('a')).toMatchObject({ state: 'dispatched', attempt: 2 });
      await store.commands.mark([{ id: 'missing', state: 'dispatched', attempt: 1, at: NOW }]);
    });

    it('notes a failed attempt once', async () => {
      await accept({ now: NOW, id: 'a' });
      const failed = {
        attempt: 1,
        at: NOW + 1,
        notBefore: NOW + 1_000,
        error: { code: 'HANDLER_FAILED' },
      };
      const waiting = await store.commands.retry('a', failed);
      expect(waiting).toMatchObject({ state: 'queued', attempt: 1, notBefore: NOW + 1_000 });
      expect(waiting?.history.at(-1)).toMatchObject({
        state: 'failed',
        attempt: 1,
        code: 'HANDLER_FAILED',
      });
      expect(await store.commands.retry('a', failed)).toBeUndefined();
      expect(await store.commands.retry('missing', failed)).toBeUndefined();
    });

    it('settles once, and never moves what has ended', async () => {
      await accept({ now: NOW, id: 'a' });
      const evidence = { displayIndex: 1, status: 200 };
      const first = await store.commands.settle('a', {
        state: 'shown',
        at: NOW + 1,
        attempt: 1,
        evidence,
      });
      expect(first).toMatchObject({
        moved: true,
        command: { state: 'shown', evidence, settledAt: NOW + 1 },
      });
      const second = await store.commands.settle('a', { state: 'dead', at: NOW + 2 });
      expect(second).toEqual({ moved: false, command: first.command });
      await store.commands.mark([{ id: 'a', state: 'dispatched', attempt: 2, at: NOW + 3 }]);
      const failed = {
        attempt: 3,
        at: NOW + 3,
        notBefore: NOW + 4,
        error: { code: 'HANDLER_FAILED' },
      };
      expect(await store.commands.retry('a', failed)).toBeUndefined();
      expect(await store.commands.find('a')).toEqual(first.command);
      expect(await store.commands.outbox('station-1', 10)).toEqual([]);
      expect(await store.commands.settle('missing', { state: 'shown', at: NOW })).toEqual({
        moved: false,
        command: undefined,
      });
    });

    it('settles only from the states and for the screen that are asked for', async () => {
      await accept({ now: NOW, id: 'a' });
      await store.commands.mark([{ id: 'a', state: 'dispatched', attempt: 1, at: NOW }]);
      const cancelled = { state: 'cancelled', at: NOW, from: ['queued'] } as const;
      expect((await store.commands.settle('a', cancelled)).moved).toBe(false);
      const foreign = { state: 'shown', at: NOW, screenId: 'station-2' } as const;
      expect((await store.commands.settle('a', foreign)).moved).toBe(false);
      expect(await store.commands.find('a')).toMatchObject({ state: 'dispatched' });
    });

    it('expires what waited too long, and later what was in flight', async () => {
      await accept({ now: NOW, id: 'waiting', expiresAt: NOW + 10, slot: 'one' });
      await accept({ now: NOW, id: 'in-flight', expiresAt: NOW + 10, slot: 'two' });
      await accept({ now: NOW, id: 'valid', expiresAt: NOW + 1_000, slot: 'three' });
      await store.commands.mark([
        { id: 'in-flight', state: 'dispatched', attempt: 1, at: NOW + 5 },
      ]);
      expect(await store.commands.expire(NOW + 9, 100, 10)).toEqual([]);
      const ids = (commands: { id: string }[]) => commands.map(({ id }) => id);
      expect(ids(await store.commands.expire(NOW + 10, 100, 10))).toEqual(['waiting']);
      expect(ids(await store.commands.expire(NOW + 109, 100, 10))).toEqual([]);
      expect(ids(await store.commands.expire(NOW + 110, 100, 10))).toEqual(['in-flight']);
      expect(await store.commands.find('waiting')).toMatchObject({
        state: 'expired',
        error: { code: 'COMMAND_EXPIRED' },
      });
    });

    it('prunes settled commands and ended keys in bounded steps', async () => {
      for (let n = 0; n < 5; n++) {
        await accept({ now: NOW + n, id: `c${n}`, slot: `s${n}`, keyExpiresAt: NOW + 100 });
        if (n < 4) await store.commands.settle(`c${n}`, { state: 'shown', at: NOW + n });
      }
      expect(await store.commands.prune(NOW + 3, NOW, 2)).toBe(2);
      expect(await store.commands.prune(NOW + 3, NOW, 2)).toBe(1);
      expect(await store.commands.prune(NOW + 3, NOW, 2)).toBe(0);
      expect(await store.commands.find('c2')).toBeUndefined();
      expect(await store.commands.find('c3')).toBeDefined();
      expect(await store.commands.find('c4')).toBeDefined();
      expect(await store.commands.prune(0, NOW + 100, 10)).toBe(5);
    });

    it('rotates refresh tokens, forgives one lost answer, and revokes on reuse', async () => {
      await store.sessions.create(session);
      const rotate = (generation: number, now: number) =>
        store.sessions.rotate('session-1', {
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
      expect(await store.sessions.revokedSince(NOW + 60_002)).toEqual(['session-1']);
      expect(await store.sessions.revokedSince(NOW + 60_003)).toEqual([]);
      expect(
        await store.sessions.rotate('missing', {
          generation: 1,
          now: NOW,
          graceMs: 1,
          expiresAt: NOW,
        }),
      ).toEqual({ kind: 'refused', session: undefined });
    });

    it('refuses a session that ended, and revokes once', async () => {
      await store.sessions.create({ ...session, id: 'short', expiresAt: NOW + 10 });
      const late = { generation: 1, now: NOW + 10, graceMs: 1, expiresAt: NOW + 20 };
      expect((await store.sessions.rotate('short', late)).kind).toBe('refused');
      expect(await store.sessions.revoke('short', NOW + 5)).toMatchObject({ revokedAt: NOW + 5 });
      expect(await store.sessions.revoke('short', NOW + 6)).toBeUndefined();
    });

    it('redeems a pairing once, in time, for its screen', async () => {
      const pairing = { hash: 'h', screenId: 'station-1', name: 'Line 1', expiresAt: NOW + 10 };
      await store.pairings.create(pairing);
      expect(await store.pairings.redeem('h', 'station-2', NOW)).toBeUndefined();
      const race = await Promise.all(
        [1, 2, 3].map(() => store.pairings.redeem('h', 'station-1', NOW)),
      );
      expect(race.filter((redeemed) => redeemed !== undefined)).toEqual([pairing]);
      await store.pairings.create({ ...pairing, hash: 'late' });
      expect(await store.pairings.redeem('late', 'station-1', NOW + 10)).toBeUndefined();
    });

    it('keeps screens, their displays and when they were seen', async () => {
      const display = {
        index: 1,
        primary: false,
        bounds: { left: 1920, top: 0, width: 1280, height: 1024 },
      };
      await store.screens.pair({ screenId: 'b', name: 'B', pairedAt: NOW });
      await store.screens.pair({ screenId: 'a', name: 'A', pairedAt: NOW });
      await store.screens.seen('a', { at: NOW + 1, displays: [display] });
      await store.screens.seen('a', { at: NOW + 2 });
      await store.screens.seen('missing', { at: NOW });
      await store.screens.pair({ screenId: 'a', name: 'A again', pairedAt: NOW + 3 });
      expect(await store.screens.find('a')).toMatchObject({ name: 'A again', displays: [display] });
      expect(await store.screens.find('missing')).toBeUndefined();
      const ids = (page: { screenId: string }[]) => page.map(({ screenId }) => screenId);
      expect(ids(await store.screens.list('', 10))).toEqual(['a', 'b']);
      expect(ids(await store.screens.list('a', 10))).toEqual(['b']);
      expect(ids(await store.screens.list('', 1))).toEqual(['a']);
    });
  });
}
