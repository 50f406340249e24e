import type { Command } from '../engine/command.ts';
import type { Settlement } from '../engine/lifecycle.ts';
import type { Rotated, Rotation, Session } from './store.ts';

/** How a command that waits in the slot ends when a newer one takes it. */
export function supersede(newer: Command): Settlement {
  return { state: 'superseded', at: newer.createdAt, by: newer.id };
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
