import type { Display } from '@remote-display/protocol';
import type { Command, CommandDraft } from '../engine/command.ts';
import type { Mark, Retry, Settlement } from '../engine/lifecycle.ts';

/**
 * The promise of durability. Every operation is atomic; when its promise resolves, what it did
 * survives the end of the process at the durability that the store states. An operation that
 * rejects (`STORE_UNAVAILABLE`) may or may not have happened, and is safe to repeat.
 */
export interface Store {
  /** What other nodes do to the same store; absent where no other process can write to it. */
  readonly news?: News | undefined;
  /**
   * Makes it ready. Rejects with `STORE_LOCKED`, `STORE_TOO_NEW`, `STORE_CORRUPT`, `STORE_UNAVAILABLE`,
   * `STORE_UNSAFE` or `STORE_MISMATCH`.
   */
  open(): Promise<void>;
  /** Finishes what was begun and lets go. */
  close(): Promise<void>;
  /** Rejects if the store cannot take work now. */
  check(): Promise<void>;
  readonly commands: CommandStore;
  readonly deadLetters: DeadLetterStore;
  readonly screens: ScreenStore;
  readonly sessions: SessionStore;
  readonly pairings: PairingStore;
}

export type Acceptance =
  /** It is in, and these had not ended in its slot and are superseded by it. */
  | { kind: 'accepted'; command: Command; superseded: Command[] }
  /** One of the keys is known, or the dead letter was redriven before: this is the first command. */
  | { kind: 'repeated'; command: Command }
  /** A key is known with another fingerprint. */
  | { kind: 'conflict' }
  /** The screen has as many unsettled commands as it may have. */
  | { kind: 'full' };

export interface CommandStore {
  /** A new id for a command of this screen; by it alone the store finds the command again. */
  newId(screenId: string): string;
  /** Idempotency, superseding of the slot, the bound, and the place in the order: one step. */
  accept(draft: CommandDraft): Promise<Acceptance>;
  find(id: string): Promise<Command | undefined>;
  /** The first command under one of these keys that is still kept at `now`. */
  recall(
    keys: readonly string[],
    now: number,
  ): Promise<{ command: Command; fingerprint: string } | undefined>;
  /**
   * Makes `holder` the one connection that may fail or retry this screen's commands, and answers
   * its commands that have not ended, in order.
   */
  hold(screenId: string, holder: string, limit: number): Promise<Command[]>;
  /** The connection that holds the screen, if any ever did. */
  holder(screenId: string): Promise<string | undefined>;
  /** The commands of a screen that have not ended, in order. */
  outbox(screenId: string, limit: number): Promise<Command[]>;
  /** Notes how far commands have come. A mark that is no news changes nothing. */
  mark(marks: Mark[]): Promise<void>;
  /** Notes a failed attempt; `undefined` if the command had ended, the attempt was noted before, or another holds the screen. */
  retry(id: string, retry: Retry): Promise<Command | undefined>;
  /** Ends a command once; `moved` is false where it had ended before or may not end so. A dead one becomes a dead letter in the same step. */
  settle(
    id: string,
    settlement: Settlement,
  ): Promise<{ moved: boolean; command: Command | undefined }>;
  /** Ends, as expired, what waited past its time, and after `graceMs` more what was in flight. */
  expire(now: number, graceMs: number, limit: number): Promise<Command[]>;
  /** Forgets a bounded number of what is too old or too many; answers how many. */
  prune(retention: Retention): Promise<number>;
}

/** What is kept of what has ended. */
export interface Retention {
  now: number;
  /** Commands that settled before this moment are forgotten. */
  settledBefore: number;
  /** At most so many settled commands are kept, the newest. */
  maxSettled: number;
  /** Whatever their number, those that settled at this moment or later are kept: their keys may be asked for. */
  keepSince: number;
  /** At most so many are forgotten in one step. */
  limit: number;
}

/** A command that ended in failure, kept with its story. */
export interface DeadLetter {
  /** The command as it ended: payload, every attempt with its error and time. */
  command: Command;
  /** The command that was made to try it again. */
  redrivenAs?: string | undefined;
}

/** Which dead letters; what is left out does not matter. */
export interface DeadLetterFilter {
  screenId?: string | undefined;
  type?: Command['type'] | undefined;
  /** The error code with which it died. */
  code?: string | undefined;
  /** Died at this moment or later, ms since 1970. */
  since?: number | undefined;
  /** Died before this moment, ms since 1970. */
  until?: number | undefined;
  redriven?: boolean | undefined;
}

export interface DeadLetterStore {
  find(commandId: string): Promise<DeadLetter | undefined>;
  /** A page of them, the newest first; `after` is the `next` of the page before. */
  list(
    filter: DeadLetterFilter,
    page: { after?: string | undefined; limit: number },
  ): Promise<{ letters: DeadLetter[]; next?: string | undefined }>;
  /** Forgets one; false where there is none. */
  discard(commandId: string): Promise<boolean>;
  /** Forgets a bounded number of those that died before `before`, or are more than `maxCount`; answers how many. */
  prune(before: number, maxCount: number, limit: number): Promise<number>;
}

/** What happened to a screen's commands, on whichever node. */
export type ScreenNews =
  | { kind: 'accepted'; command: Command; superseded: string[] }
  | { kind: 'settled'; id: string }
  | { kind: 'held'; holder: string };

/** How nodes that share a store hear of each other. It only makes things fast: what is missed is found in the store. */
export interface News {
  /** Hears of a screen until the answer is called; once it resolves, nothing is missed but in a gap. */
  subscribe(screenId: string, listener: (news: ScreenNews) => void): Promise<() => void>;
  /** Calls `listener` when something may have been missed; the answer stops it. */
  onGap(listener: () => void): () => void;
}

/** A paired screen. */
export interface Screen {
  screenId: string;
  name: string;
  pairedAt: number;
  lastSeenAt?: number | undefined;
  displays: Display[];
  /** Groups that it belongs to: a trigger to a tag reaches all of them. */
  tags: string[];
}

export interface ScreenStore {
  /** A screen was paired: new, or again under the same id. Its tags stay unless new ones are given. */
  pair(
    screen: Pick<Screen, 'screenId' | 'name' | 'pairedAt'> & { tags?: string[] | undefined },
  ): Promise<void>;
  /** Changes its name or tags; `undefined` for a screen that is not paired. */
  update(
    screenId: string,
    change: { name?: string | undefined; tags?: string[] | undefined },
  ): Promise<Screen | undefined>;
  /** Ids of the screens with this tag. */
  tagged(tag: string, limit: number): Promise<string[]>;
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
  /** The tags that the screen is given. */
  tags?: string[] | undefined;
}

export interface PairingStore {
  create(pairing: Pairing): Promise<void>;
  /** Uses the code up; `undefined` where it is unknown, of another screen, used or over. */
  redeem(hash: string, screenId: string, now: number): Promise<Pairing | undefined>;
}
