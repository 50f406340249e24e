import { expect, it } from 'vitest';
import type { DeadLetterFilter, Store } from '../../store/store.ts';
import { draftOf } from '../drafts.ts';

const NOW = 1_800_000_000_000;

/** Dead letters: kept with their story, listed, redriven once, discarded, pruned. */
export function deadLettersKeepTheContract(opened: () => Store): void {
  async function die(id: string, at: number, given: { screenId?: string; code?: string } = {}) {
    const { screenId = 'station-1', code = 'DOCUMENT_NOT_FOUND' } = given;
    const { commands } = opened();
    await commands.accept(draftOf({ now: at, id, screenId, slot: id }));
    const failed = { attempt: 1, at, notBefore: at, error: { code: 'DOCUMENT_UNREACHABLE' } };
    await commands.retry(id, failed);
    await commands.settle(id, { state: 'dead', at, attempt: 2, error: { code } });
  }
  const list = async (filter: DeadLetterFilter, limit = 10, after?: string) => {
    const { letters, next } = await opened().deadLetters.list(filter, { limit, after });
    return { ids: letters.map(({ command }) => command.id), next };
  };

  it('keeps a dead command with its whole story, and no other', async () => {
    await die('a', NOW);
    await opened().commands.accept(draftOf({ now: NOW, id: 'b' }));
    await opened().commands.settle('b', { state: 'shown', at: NOW });
    const letter = await opened().deadLetters.find('a');
    expect(letter).toEqual({ command: await opened().commands.find('a') });
    expect(letter?.command.history.map(({ code }) => code)).toEqual([
      undefined,
      'DOCUMENT_UNREACHABLE',
      'DOCUMENT_NOT_FOUND',
    ]);
    expect(await opened().deadLetters.find('b')).toBeUndefined();
    expect(await list({})).toEqual({ ids: ['a'], next: undefined });
  });

  it('outlives the command that it was', async () => {
    await die('a', NOW);
    const before = NOW + 1;
    const retention = { settledBefore: before, keepSince: before, maxSettled: 9, now: NOW };
    await opened().commands.prune({ ...retention, limit: 9 });
    expect(await opened().commands.find('a')).toBeUndefined();
    expect(await opened().deadLetters.find('a')).toMatchObject({ command: { id: 'a' } });
  });

  it('lists by page, the newest first, and by filter', async () => {
    for (let n = 0; n < 5; n++)
      await die(`d${n}`, NOW + n, {
        screenId: n % 2 ? 'station-2' : 'station-1',
        code: n < 2 ? 'HANDLER_FAILED' : 'DOCUMENT_NOT_FOUND',
      });
    const first = await list({}, 2);
    expect(first.ids).toEqual(['d4', 'd3']);
    const second = await list({}, 2, first.next);
    expect(second.ids).toEqual(['d2', 'd1']);
    const third = await list({}, 2, second.next);
    expect(third).toEqual({ ids: ['d0'], next: undefined });
    expect((await list({ screenId: 'station-2' })).ids).toEqual(['d3', 'd1']);
    expect((await list({ code: 'HANDLER_FAILED' })).ids).toEqual(['d1', 'd0']);
    expect((await list({ since: NOW + 1, until: NOW + 3 })).ids).toEqual(['d2', 'd1']);
    expect((await list({ type: 'navigate', screenId: 'station-9' })).ids).toEqual([]);
    // A filter that skips much still fills its pages.
    const sparse = await list({ screenId: 'station-1' }, 2);
    expect(sparse.ids).toEqual(['d4', 'd2']);
    expect((await list({ screenId: 'station-1' }, 2, sparse.next)).ids).toEqual(['d0']);
  });

  it('is redriven once, by a command that points back', async () => {
    await die('a', NOW);
    const redrive = (id: string) =>
      opened().commands.accept(draftOf({ now: NOW + 1, id, keys: [], redriveOf: 'a' }));
    const race = await Promise.all([redrive('b'), redrive('c'), redrive('d')]);
    expect(race.map(({ kind }) => kind).sort()).toEqual(['accepted', 'repeated', 'repeated']);
    const [made] = race.flatMap((each) => (each.kind === 'accepted' ? each.command : []));
    expect(made?.redriveOf).toBe('a');
    expect(await opened().commands.find(made?.id ?? '')).toEqual(made);
    for (const each of race) expect(each).toMatchObject({ command: { id: made?.id } });
    expect(await opened().deadLetters.find('a')).toMatchObject({ redrivenAs: made?.id });
    await die('z', NOW + 2);
    expect((await list({ redriven: true })).ids).toEqual(['a']);
    expect((await list({ redriven: false })).ids).toEqual(['z']);
  });

  it('is discarded once', async () => {
    await die('a', NOW);
    expect(await opened().deadLetters.discard('a')).toBe(true);
    expect(await opened().deadLetters.discard('a')).toBe(false);
    expect(await opened().deadLetters.find('a')).toBeUndefined();
    expect((await list({})).ids).toEqual([]);
  });

  it('is pruned by age and by number, in bounded steps', async () => {
    for (let n = 0; n < 6; n++) await die(`d${n}`, NOW + n);
    const { deadLetters } = opened();
    expect(await deadLetters.prune(NOW + 3, 100, 2)).toBe(2);
    expect(await deadLetters.prune(NOW + 3, 100, 2)).toBe(1);
    expect(await deadLetters.prune(NOW + 3, 100, 2)).toBe(0);
    expect(await deadLetters.prune(0, 2, 10)).toBe(1);
    expect((await list({})).ids).toEqual(['d5', 'd4']);
  });
}
