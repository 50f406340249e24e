import { expect, it } from 'vitest';
import type { ScreenNews, Store } from '../../store/store.ts';
import { draftOf } from '../drafts.ts';

const NOW = 1_800_000_000_000;

/** Where a store is shared, its nodes hear of what happens to the screens that they care for. */
export function newsKeepsTheContract(opened: () => Store): void {
  it('tells what is accepted, settled and held on the screens asked for', async () => {
    const { news, commands } = opened();
    if (news === undefined) return;
    const heard: ScreenNews[] = [];
    const stop = await news.subscribe('station-1', (each) => heard.push(each));
    const also: ScreenNews[] = [];
    const stopAlso = await news.subscribe('station-1', (each) => also.push(each));
    await commands.accept(draftOf({ now: NOW, id: 'elsewhere', screenId: 'station-2' }));
    await commands.hold('station-1', 'holder-1', 10);
    const first = await commands.accept(draftOf({ now: NOW, id: 'a' }));
    const second = await commands.accept(draftOf({ now: NOW, id: 'b', priority: 2 }));
    if (first.kind !== 'accepted' || second.kind !== 'accepted') throw new Error('not accepted');
    await commands.settle('b', { state: 'shown', at: NOW });
    const expected: ScreenNews[] = [
      { kind: 'held', holder: 'holder-1' },
      { kind: 'accepted', command: first.command, superseded: [] },
      { kind: 'accepted', command: second.command, superseded: ['a'] },
      { kind: 'settled', id: 'b' },
    ];
    await expect.poll(() => heard).toEqual(expected);
    expect(also).toEqual(expected);
    stop();
    await commands.accept(draftOf({ now: NOW, id: 'c' }));
    await expect.poll(() => also).toHaveLength(5);
    expect(heard).toHaveLength(4);
    stopAlso();
  });
}
