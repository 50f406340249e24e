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

/**
 * Which scan a view is of: the one whose command it is, else one of that order whose command the
 * server has not named yet. Its answer to the trigger names it for certain.
 */
export function scanOf(scans: readonly Scan[], view: CommandView): Scan | undefined {
  return (
    scans.find((scan) => scan.view?.commandId === view.commandId) ??
    scans.find(
      ({ view: known, refusal, orderId, displayIndex }) =>
        !known && !refusal && orderId === view.orderId && displayIndex === view.displayIndex,
    )
  );
}

/** The scan with a newer view; views may come out of order, a command never goes back. */
export function withView(scan: Scan, view: CommandView): Scan {
  const known = scan.view;
  if (known?.commandId !== view.commandId) return { ...scan, view };
  if (isSettled(known.state)) return scan;
  const isOlder = known.history.length > view.history.length;
  return isOlder && !isSettled(view.state) ? scan : { ...scan, view };
}
