import { type CommandView, isErrorCode, RemoteDisplayError } from '@remote-display/protocol';
import type { Command, Failure } from './engine/command.ts';

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
    attempt,
    createdAt,
    expiresAt,
    ...(command.settledAt === undefined ? {} : { settledAt: command.settledAt }),
    ...(command.error ? { error: errorView(command.error) } : {}),
    ...(command.evidence ? { evidence: command.evidence } : {}),
    history: command.history,
  };
}

// An integrator's handler may fail with a code of its own: people are told that it failed, developers why.
function errorView({ code, detail }: Failure) {
  if (isErrorCode(code)) return new RemoteDisplayError(code, { detail }).toJSON();
  const why = detail === undefined ? code : `${code}: ${detail}`;
  return new RemoteDisplayError('HANDLER_FAILED', { detail: why }).toJSON();
}
