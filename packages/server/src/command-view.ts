import {
  type CommandView,
  type DeadLetterView,
  isErrorCode,
  RemoteDisplayError,
  type TriggerResult,
} from '@remote-display/protocol';
import type { Command, Failure } from './engine/command.ts';
import type { DeadLetter } from './store/store.ts';

/** A command as callers see it, over HTTP and over a socket alike. */
export function commandView(command: Command): CommandView {
  const { id, screenId, type, payload, state, attempt, createdAt, expiresAt } = command;
  return {
    commandId: id,
    screenId,
    type,
    displayIndex: payload.displayIndex,
    orderId: payload.orderId,
    state,
    priority: command.priority,
    attempt,
    createdAt,
    expiresAt,
    ...(command.settledAt === undefined ? {} : { settledAt: command.settledAt }),
    ...(command.error ? { error: errorView(command.error) } : {}),
    ...(command.evidence ? { evidence: command.evidence } : {}),
    history: command.history,
    ...(command.redriveOf === undefined ? {} : { redriveOf: command.redriveOf }),
  };
}

/** One of many: its command, or why there is none. */
export function resultView(
  named: { id?: string | undefined; screenId?: string | undefined },
  result: { command: Command } | { error: unknown },
): TriggerResult {
  const { id, screenId } = named;
  return {
    ...(id === undefined ? {} : { id }),
    ...(screenId === undefined ? {} : { screenId }),
    ...('command' in result
      ? { command: commandView(result.command) }
      : { error: RemoteDisplayError.wrap(result.error).toJSON() }),
  };
}

/** A dead letter as callers see it. */
export function deadLetterView({ command, redrivenAs }: DeadLetter): DeadLetterView {
  return {
    command: commandView(command),
    payload: command.payload,
    ...(redrivenAs === undefined ? {} : { redrivenAs }),
  };
}

// An integrator's handler may fail with a code of its own: people are told that it failed, developers why.
function errorView({ code, detail }: Failure) {
  if (isErrorCode(code)) return new RemoteDisplayError(code, { detail }).toJSON();
  const why = detail === undefined ? code : `${code}: ${detail}`;
  return new RemoteDisplayError('HANDLER_FAILED', { detail: why }).toJSON();
}
