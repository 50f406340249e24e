import type {
  CommandEnvelope,
  CommandPayload,
  CommandState,
  CommandType,
  Evidence,
  HistoryEntry,
  TraceContext,
} from '@remote-display/protocol';

/** Why a command, or one attempt at it, failed. */
export interface Failure {
  code: string;
  detail?: string | undefined;
}

/** A command as the engine and the stores hold it. All times are ms since 1970 by the server's clock. */
export interface Command<T extends CommandType = CommandType> {
  id: string;
  screenId: string;
  type: T;
  payload: CommandPayload<T>;
  slot: string;
  /** The higher one goes first among the slots of a screen; inside a slot the order of acceptance rules. */
  priority: number;
  /** Given by the store: the order of acceptance. */
  seq: number;
  state: CommandState;
  /** How many attempts were begun; 0 before the first. */
  attempt: number;
  createdAt: number;
  expiresAt: number;
  /** Not dispatched before this moment: a retry waits here. */
  notBefore: number;
  settledAt?: number | undefined;
  error?: Failure | undefined;
  evidence?: Evidence | undefined;
  history: HistoryEntry[];
  /** Who triggered it. */
  subject: string;
  trace: TraceContext;
  /** The dead command that this one tries again. */
  redriveOf?: string | undefined;
}

/** What a command is made from, before the store has given it its place in the order. */
export type CommandDraft = Pick<
  Command,
  | 'id'
  | 'screenId'
  | 'type'
  | 'payload'
  | 'slot'
  | 'priority'
  | 'createdAt'
  | 'expiresAt'
  | 'subject'
  | 'trace'
  | 'redriveOf'
> & {
  /** `latest` ends what has not ended in its slot; `all` waits its turn behind it. */
  queue: 'latest' | 'all';
  /** Any of these again, for as long as they are kept, is answered with the first command. */
  keys: readonly string[];
  /** What the wish said; another fingerprint under the same key is a conflict. */
  fingerprint: string;
  /** Until when the keys are kept, ms since 1970. */
  keyExpiresAt: number;
  /** How many unsettled commands its screen may have, this one included. */
  maxUnsettled: number;
};

/** A draft in its first state. */
export function fromDraft(draft: CommandDraft, seq: number): Command {
  return {
    id: draft.id,
    screenId: draft.screenId,
    type: draft.type,
    payload: draft.payload,
    slot: draft.slot,
    priority: draft.priority,
    seq,
    state: 'queued',
    attempt: 0,
    createdAt: draft.createdAt,
    expiresAt: draft.expiresAt,
    notBefore: draft.createdAt,
    history: [{ state: 'queued', at: draft.createdAt }],
    subject: draft.subject,
    trace: draft.trace,
    ...(draft.redriveOf === undefined ? {} : { redriveOf: draft.redriveOf }),
  };
}

/** The command as it travels to the device at `sentAt`. */
export function toEnvelope(command: Command, sentAt: number): CommandEnvelope {
  return {
    id: command.id,
    screenId: command.screenId,
    type: command.type,
    payload: command.payload,
    slot: command.slot,
    seq: command.seq,
    createdAt: command.createdAt,
    expiresAt: command.expiresAt,
    attempt: command.attempt,
    sentAt,
    trace: command.trace,
  };
}
