import type { Command } from '../engine/command.ts';
import type { Settlement } from '../engine/lifecycle.ts';
import type { DeadLetter, DeadLetterFilter, Rotated, Rotation, Session } from './store.ts';

/** How a command that waits in the slot ends when a newer one takes it. */
export function supersede(newer: Command): Settlement {
  return { state: 'superseded', at: newer.createdAt, by: newer.id };
}

/**
 * The place in the order. It follows the time, so that a store that was emptied or put back to an
 * older state never gives a place that a device has seen before.
 */
export function nextSeq(last: number, createdAt: number): number {
  return Math.max(last + 1, createdAt * 1_000);
}

/** Whether a connection may still decide about a screen's commands: not once a newer one holds it. */
export function mayDecide(current: string | undefined, holder: string | undefined): boolean {
  return holder === undefined || current === undefined || current === holder;
}

/** How a command ends that was not shown in time. */
export function expiry(at: number): Settlement {
  return { state: 'expired', at, error: { code: 'COMMAND_EXPIRED' } };
}

/** Whether a dead letter is among those asked for. */
export function matches({ command, redrivenAs }: DeadLetter, filter: DeadLetterFilter): boolean {
  const { screenId, type, code, since, until, redriven } = filter;
  const at = command.settledAt ?? 0;
  return (
    (screenId === undefined || command.screenId === screenId) &&
    (type === undefined || command.type === type) &&
    (code === undefined || command.error?.code === code) &&
    (since === undefined || at >= since) &&
    (until === undefined || at < until) &&
    (redriven === undefined || (redrivenAs !== undefined) === redriven)
  );
}

/**
 * A command that waits is over at its `expiresAt`. One that is in flight was begun in time and may
 * still finish: it is over `graceMs` later.
 */
export function isOverdue(command: Command, now: number, graceMs: number): boolean {
  return command.expiresAt + (command.state === 'queued' ? 0 : graceMs) <= now;
}

/**
 * One step of refresh-token rotation. The token before the newest is answered for a short while
 * with the newest again, because an answer may be lost and two tabs may ask at once; any older use
 * means that the token was stolen, and ends the session.
 */
export function rotate(session: Session | undefined, rotation: Rotation): Rotated {
  const { generation, now, graceMs, expiresAt } = rotation;
  if (!session || session.revokedAt !== undefined || session.expiresAt <= now) {
    return { kind: 'refused', session };
  }
  if (generation === session.generation) {
    const next = { ...session, generation: generation + 1, rotatedAt: now, expiresAt };
    return { kind: 'rotated', session: next };
  }
  if (generation === session.generation - 1 && now - session.rotatedAt <= graceMs) {
    return { kind: 'rotated', session };
  }
  return { kind: 'reused', session: { ...session, revokedAt: now } };
}
