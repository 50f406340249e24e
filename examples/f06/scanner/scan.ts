import {
  type CommandState,
  type CommandView,
  isSettled,
  RemoteDisplayError,
} from '@remote-display/protocol';

/** `sending`: the server has not answered yet. `refused`: it did not take the scan. */
export type ScanState = CommandState | 'sending' | 'refused';

/** One scan and what is known to have become of it. */
export interface Scan {
  readonly orderId: string;
  /** When its last key came, ms since 1970 by this machine. */
  readonly scannedAt: number;
  readonly displayIndex: number;
  readonly view?: CommandView | undefined;
  readonly refusal?: RemoteDisplayError | undefined;
}

export function stateOf({ view, refusal }: Scan): ScanState {
  // A command that has ended has ended, whatever became of the question about it.
  if (view && isSettled(view.state)) return view.state;
  return refusal ? 'refused' : (view?.state ?? 'sending');
}

export function errorOf({ view, refusal }: Scan): RemoteDisplayError | undefined {
  if (view?.error) return RemoteDisplayError.from(view.error);
  if (view?.state === 'shown') return undefined;
  return view?.state === 'expired' ? new RemoteDisplayError('COMMAND_EXPIRED') : refusal;
}

/** Whether a view is of the command of this scan, as far as can be told before the server has answered. */
export function isOf(scan: Scan, view: CommandView): boolean {
  if (scan.view) return scan.view.commandId === view.commandId;
  return !scan.refusal && view.orderId === scan.orderId && view.displayIndex === scan.displayIndex;
}

/** The scan with a newer view; views may come out of order, a command never goes back. */
export function withView(scan: Scan, view: CommandView): Scan {
  const known = scan.view;
  if (known?.commandId === view.commandId && known.history.length > view.history.length)
    return scan;
  return { ...scan, view };
}
