import type { Display } from '@remote-display/protocol';
import type { Command, CommandDraft } from '../engine/command.ts';
import type { Mark, Retry, Settlement } from '../engine/lifecycle.ts';

/**
 * The promise of durability. Every operation is atomic; when its promise resolves, what it did
 * survives the end of the process at the durability that the store states. An operation that
 * rejects (`STORE_UNAVAILABLE`) may or may not have happened, and is safe to repeat.
 */
export interface Store {
  /** Whether other processes may write to it at the same time. */
  readonly shared: boolean;
  /** Makes it ready. Rejects with `STORE_LOCKED`, `STORE_TOO_NEW`, `STORE_CORRUPT` or `STORE_UNAVAILABLE`. */
  open(): Promise<void>;
  /** Finishes what was begun and lets go. */
  close(): Promise<void>;
  /** Rejects if the store cannot take work now. */
  check(): Promise<void>;
  readonly commands: CommandStore;
  readonly screens: ScreenStore;
  readonly sessions: SessionStore;
  readonly pairings: PairingStore;
}

export type Acceptance =
  /** It is in, and these waited in its slot and are superseded by it. */
  | { kind: 'accepted'; command: Command; superseded: Command[] }
  /** The key is known: this is the first command under it. */
  | { kind: 'repeated'; command: Command }
  /** The key is known with another fingerprint. */
  | { kind: 'conflict' };

export interface CommandStore {
  /** Idempotency, superseding of the slot, and the place in the order: one step. */
  accept(draft: CommandDraft): Promise<Acceptance>;
  find(id: string): Promise<Command | undefined>;
  /** The first command under a key that is still kept at `now`. */
  recall(key: string, now: number): Promise<{ command: Command; fingerprint: string } | undefined>;
  /** The commands of a screen that have not ended, in order. */
  outbox(screenId: string, limit: number): Promise<Command[]>;
  /** Notes how far commands have come. A mark that is no news changes nothing. */
  mark(marks: Mark[]): Promise<void>;
  /** Notes a failed attempt; `undefined` if the command had ended or the attempt was noted before. */
  retry(id: string, retry: Retry): Promise<Command | undefined>;
  /** Ends a command once; `moved` is false where it had ended before or may not end so. */
  settle(
    id: string,
    settlement: Settlement,
  ): Promise<{ moved: boolean; command: Command | undefined }>;
  /** Ends, as expired, what waited past its time, and after `graceMs` more what was in flight. */
  expire(now: number, graceMs: number, limit: number): Promise<Command[]>;
  /** Forgets commands that settled before `settledBefore` and keys that ended before `now`; answers how many. */
  prune(settledBefore: number, now: number, limit: number): Promise<number>;
}

/** A paired screen. */
export interface Screen {
  screenId: string;
  name: string;
  pairedAt: number;
  lastSeenAt?: number | undefined;
  displays: Display[];
}

export interface ScreenStore {
  /** A screen was paired: new, or again under the same id. */
  pair(screen: Pick<Screen, 'screenId' | 'name' | 'pairedAt'>): Promise<void>;
  /** What is known of it changed; nothing happens for a screen that is not paired. */
  seen(screenId: string, news: { at: number; displays?: Display[] | undefined }): Promise<void>;
  find(screenId: string): Promise<Screen | undefined>;
  /** Screens by id, after `after`. */
  list(after: string, limit: number): Promise<Screen[]>;
}

export type Role = 'device' | 'operator' | 'admin';

/** Who holds a pair of tokens, and with which rights; a renewal changes neither. */
export interface Session {
  id: string;
  subject: string;
  role: Role;
  /** The screens that it may reach. */
  screens: '*' | string[];
  createdAt: number;
  /** Counts the refresh tokens given out; only the newest is good. */
  generation: number;
  rotatedAt: number;
  expiresAt: number;
  revokedAt?: number | undefined;
}

export interface Rotation {
  /** The generation of the refresh token that was presented. */
  generation: number;
  now: number;
  /** How long the token before the newest is still answered, with the newest, in ms. */
  graceMs: number;
  /** When the session ends if it is rotated now. */
  expiresAt: number;
}

export type Rotated =
  | { kind: 'rotated'; session: Session }
  /** An older token was used again: the session is revoked by this very step. */
  | { kind: 'reused'; session: Session }
  /** Unknown, ended, or revoked before. */
  | { kind: 'refused'; session: Session | undefined };

export interface SessionStore {
  create(session: Session): Promise<void>;
  rotate(id: string, rotation: Rotation): Promise<Rotated>;
  revoke(id: string, at: number): Promise<Session | undefined>;
  /** Ids of the sessions revoked since a moment. */
  revokedSince(at: number): Promise<string[]>;
}

/** A code with which one station may become a screen, once. */
export interface Pairing {
  /** SHA-256 of the code. */
  hash: string;
  screenId: string;
  name: string;
  expiresAt: number;
}

export interface PairingStore {
  create(pairing: Pairing): Promise<void>;
  /** Uses the code up; `undefined` where it is unknown, of another screen, used or over. */
  redeem(hash: string, screenId: string, now: number): Promise<Pairing | undefined>;
}
