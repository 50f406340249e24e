import type { CommandView } from '@remote-display/protocol';
import { RemoteDisplayError } from '@remote-display/protocol';
import { expect, it } from 'vitest';
import { errorOf, type Scan, scanOf, stateOf, withView } from './scan.ts';

const scan: Scan = { orderId: 'PO-1', scannedAt: 1_000, displayIndex: 1 };
const view = (state: CommandView['state'], moves: number, commandId = 'c1'): CommandView => ({
  commandId,
  screenId: 's',
  type: 'navigate',
  displayIndex: 1,
  orderId: 'PO-1',
  state,
  priority: 0,
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
  const received = withView(scan, view('received', 3));
  expect(stateOf(withView(received, view('dispatched', 2)))).toBe('received');
});

it('lets an end stand and takes an end, whatever the length of its story', () => {
  const superseded = withView(scan, view('superseded', 2));
  expect(stateOf(withView(superseded, view('received', 3)))).toBe('superseded');
  const received = withView(scan, view('received', 3));
  expect(stateOf(withView(received, view('superseded', 2)))).toBe('superseded');
});

it('gives a view to the scan whose command it is, even when the order was scanned again', () => {
  const older = withView(scan, view('queued', 1, 'c1'));
  const newer = { ...scan, scannedAt: 2_000 };
  expect(scanOf([newer, older], view('superseded', 2, 'c1'))).toBe(older);
  expect(scanOf([newer, older], view('queued', 1, 'c2'))).toBe(newer);
  expect(scanOf([older], view('queued', 1, 'c2'))).toBeUndefined();
  expect(scanOf([{ ...scan, orderId: 'PO-2' }], view('queued', 1))).toBeUndefined();
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
