import type { CommandView } from '@remote-display/protocol';
import { RemoteDisplayError } from '@remote-display/protocol';
import { expect, it } from 'vitest';
import { errorOf, isOf, type Scan, stateOf, withView } from './scan.ts';

const scan: Scan = { orderId: 'PO-1', scannedAt: 1_000, displayIndex: 1 };
const view = (state: CommandView['state'], moves: number, commandId = 'c1'): CommandView => ({
  commandId,
  screenId: 's',
  type: 'navigate',
  displayIndex: 1,
  orderId: 'PO-1',
  state,
  attempt: 1,
  createdAt: 1_000,
  expiresAt: 9_000,
  history: Array.from({ length: moves }, (_, index) => ({
    state: 'queued' as const,
    at: 1_000 + index,
  })),
});

it('never goes back to an older view', () => {
  const shown = withView(scan, view('shown', 4));
  expect(stateOf(withView(shown, view('dispatched', 2)))).toBe('shown');
});

it('knows its command from those of other scans of the same order', () => {
  const mine = withView(scan, view('queued', 1));
  expect(isOf(mine, view('shown', 4))).toBe(true);
  expect(isOf(mine, view('shown', 4, 'c2'))).toBe(false);
  expect(isOf({ ...scan, orderId: 'PO-2' }, view('queued', 1))).toBe(false);
});

it('says shown when it is, even if the question about it got lost', () => {
  const lost = {
    ...withView(scan, view('shown', 4)),
    refusal: new RemoteDisplayError('CONNECTION_TIMEOUT'),
  };
  expect(stateOf(lost)).toBe('shown');
  expect(errorOf(lost)).toBeUndefined();
});

it('gives the reason of a scan that the server did not take', () => {
  const refused = { ...scan, refusal: new RemoteDisplayError('ORDER_NOT_FOUND') };
  expect(stateOf(refused)).toBe('refused');
  expect(errorOf(refused)?.action.ko).toBe('바코드를 다시 스캔하세요.');
});
