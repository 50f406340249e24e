import type { Role } from '../store/store.ts';

/** Who speaks, as an access token says. */
export interface Identity {
  sessionId: string;
  /** The integrator's name for it: a user, a program, or a device's screen. */
  subject: string;
  role: Role;
  /** The screens that it may reach. */
  screens: '*' | readonly string[];
  /** ms since 1970; the identity has no rights after it. */
  expiresAt: number;
}
