import {
  type CommandEnvelope,
  type CommandType,
  type Evidence,
  type Outcome,
  RemoteDisplayError,
} from '@remote-display/protocol';
import type { Clock } from './clock.ts';
import { checkedEvidence } from './evidence.ts';

/** What a handler is told beside its command. */
export interface HandlerContext {
  /** Aborts when the command is superseded, takes too long, or the client closes. */
  signal: AbortSignal;
  /** It was begun before without a noted end: look first at what stands there. */
  interrupted: boolean;
  /** When it was taken from the inbox, ms by `performance.now()`. */
  receivedAt: number;
}

/**
 * Carries out one type of command. Returning means shown, with the evidence for it; throwing means
 * failed, with the code of a `RemoteDisplayError` or `HANDLER_FAILED`.
 */
export type Handler<T extends CommandType> = (
  command: CommandEnvelope<T>,
  context: HandlerContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler without evidence returns nothing
) => Promise<Evidence | void>;

/** The handlers by command type; what has none is answered with `UNSUPPORTED`. */
export type Handlers = { [T in CommandType]?: Handler<T> };

/** Carries a command out and says how it ended; never throws, and leaves soon after the signal. */
export type RunCommand = (
  command: CommandEnvelope,
  context: Pick<HandlerContext, 'signal' | 'interrupted'>,
) => Promise<Outcome>;

// How long a handler that was told to stop is waited for before its slot goes on.
const STOP_MS = 1_000;
const MAX_DETAIL = 500;

/** Runs handlers, each bounded in time. */
export function commandRunner(handlers: Handlers, timeoutMs: number, clock: Clock): RunCommand {
  return async (command, { signal, interrupted }) => {
    const { id, attempt, type } = command;
    const handler = handlers[type];
    if (handler === undefined)
      return { id, attempt, state: 'failed', error: { code: 'UNSUPPORTED' } };
    const stop = new AbortController();
    const work = (async () =>
      handler(command, {
        signal: AbortSignal.any([signal, stop.signal]),
        interrupted,
        receivedAt: clock.monotonic(),
      }))();
    try {
      const given = await bounded(work, signal, stop, timeoutMs, clock);
      const evidence = given ? checkedEvidence(given) : undefined;
      return { id, attempt, state: 'shown', ...(evidence ? { evidence } : {}) };
    } catch (cause) {
      const { code, detail } = RemoteDisplayError.wrap(cause, 'HANDLER_FAILED');
      const why = detail ?? (code === 'HANDLER_FAILED' ? String(cause) : undefined);
      const error = why === undefined ? { code } : { code, detail: why.slice(0, MAX_DETAIL) };
      return { id, attempt, state: 'failed', error };
    }
  };
}

function bounded<T>(
  work: Promise<T>,
  signal: AbortSignal,
  stop: AbortController,
  timeoutMs: number,
  clock: Clock,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => {
      stop.abort();
      reject(new RemoteDisplayError('HANDLER_TIMEOUT'));
    };
    let cancel = clock.schedule(timeoutMs, late);
    const onAbort = () => {
      cancel();
      cancel = clock.schedule(STOP_MS, late);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      cancel();
      signal.removeEventListener('abort', onAbort);
    });
  });
}
