import { RemoteDisplayError } from '@remote-display/protocol';
import type { Role } from '../store/store.ts';
import type { Identity } from './identity.ts';

/** What can be done to a screen. `serve` is to be the screen. */
export type Action = 'view' | 'trigger' | 'control' | 'pair' | 'serve';

/** What each role may do to the screens it may reach; nothing else is allowed. */
const ALLOWED: Readonly<Record<Role, readonly Action[]>> = {
  device: ['serve'],
  operator: ['view', 'trigger', 'control'],
  admin: ['view', 'trigger', 'control', 'pair'],
};

/** Whether the identity may do this to this screen. */
export function isAllowed(identity: Identity, action: Action, screenId: string): boolean {
  return ALLOWED[identity.role].includes(action) && reaches(identity, screenId);
}

/**
 * Throws unless the identity may do this to this screen: `FORBIDDEN` where its role may do it to
 * none, `SCREEN_NOT_FOUND` where this screen is not its own, as if there were none.
 */
export function authorize(identity: Identity, action: Action, screenId: string): void {
  authorizeRole(identity, action);
  if (!reaches(identity, screenId)) throw new RemoteDisplayError('SCREEN_NOT_FOUND');
}

/** Throws `FORBIDDEN` unless the identity's role may do this to any screen at all. */
export function authorizeRole(identity: Identity, action: Action): void {
  if (!ALLOWED[identity.role].includes(action)) throw new RemoteDisplayError('FORBIDDEN');
}

function reaches({ screens }: Identity, screenId: string): boolean {
  return screens === '*' || screens.includes(screenId);
}
