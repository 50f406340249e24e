import { COMMAND_STATES, isSettled, SETTLED_STATES } from '@remote-display/protocol';
import { describe, expect, it } from 'vitest';
import { draftOf } from '../testing/drafts.ts';
import { fromDraft } from './command.ts';
import { MOVES, mark, retry, settle } from './lifecycle.ts';

const NOW = 1_800_000_000_000;
const queued = fromDraft(draftOf({ now: NOW }), 1);

describe('the table of moves', () => {
  it('lets nothing leave an end, and every other state reach each end', () => {
    for (const state of COMMAND_STATES) {
      if (isSettled(state)) expect(MOVES[state]).toEqual([]);
      else expect(MOVES[state]).toEqual(expect.arrayContaining([...SETTLED_STATES]));
    }
  });
});

describe('moves', () => {
  it('leave the given command as it was', () => {
    const before = structuredClone(queued);
    mark(queued, { id: queued.id, state: 'dispatched', attempt: 1, at: NOW + 1 });
    settle(queued, { state: 'shown', at: NOW + 1 });
    expect(queued).toEqual(before);
  });

  it('tell their story in order', () => {
    const dispatched = mark(queued, {
      id: queued.id,
      state: 'dispatched',
      attempt: 1,
      at: NOW + 1,
    });
    const error = { code: 'DOCUMENT_SERVER_ERROR', detail: '503' };
    const failed =
      dispatched && retry(dispatched, { attempt: 1, at: NOW + 2, notBefore: NOW + 9, error });
    const shown = failed && settle(failed, { state: 'shown', at: NOW + 12, attempt: 2 });
    expect(shown?.history).toEqual([
      { state: 'queued', at: NOW },
      { state: 'dispatched', at: NOW + 1, attempt: 1 },
      { state: 'failed', at: NOW + 2, attempt: 1, ...error },
      { state: 'shown', at: NOW + 12, attempt: 2 },
    ]);
    expect(shown).toMatchObject({ state: 'shown', attempt: 2, error: undefined });
  });

  it('ignore an older attempt', () => {
    const second = mark(queued, { id: queued.id, state: 'dispatched', attempt: 2, at: NOW });
    expect(
      second && mark(second, { id: queued.id, state: 'received', attempt: 1, at: NOW }),
    ).toBeUndefined();
    const late = { attempt: 1, at: NOW, notBefore: NOW, error: { code: 'HANDLER_FAILED' } };
    expect(second && retry(second, late)).toBeUndefined();
  });
});
