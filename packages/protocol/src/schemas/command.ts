import { z } from 'zod';
import { COMMAND_STATES } from '../command-state.ts';
import { displayIndexSchema, idSchema, orderIdSchema, textSchema } from './identifiers.ts';

// A name before an @ or a backslash makes an address look like another host's.
const PLAIN_AUTHORITY = /^https?:\/\/[^\s\\/?#@]+(?:[/?#]|$)/i;

/** A document as the integrator's `resolveOrder` answers and as the device opens it. */
export const documentSchema = z.strictObject({
  /** Absolute http or https address. */
  url: z
    .url({ protocol: /^https?$/, error: 'must be an absolute http or https address' })
    .max(2_048)
    .regex(PLAIN_AUTHORITY, 'must be an absolute http or https address without credentials'),
  title: textSchema(256).optional(),
  revision: textSchema(64).optional(),
});

export type OrderDocument = z.infer<typeof documentSchema>;

/** What a `navigate` command carries: show this document of this order on that display. */
export const navigatePayloadSchema = z.strictObject({
  displayIndex: displayIndexSchema,
  orderId: orderIdSchema,
  document: documentSchema,
});

export type NavigatePayload = z.infer<typeof navigatePayloadSchema>;

/** Payload by command type. A new type of command begins here. */
export const payloadSchemas = {
  navigate: navigatePayloadSchema,
} as const;

export type CommandType = keyof typeof payloadSchemas;
export type CommandPayload<T extends CommandType = CommandType> = z.infer<
  (typeof payloadSchemas)[T]
>;

/** Follows one wish through logs and traces, from request to device. */
export const traceSchema = z.strictObject({
  requestId: idSchema,
  /** W3C trace context, where the caller sent one. */
  traceparent: z
    .string()
    .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .optional(),
});

export type TraceContext = z.infer<typeof traceSchema>;

/** A command as it travels to the device. All times are ms since 1970 by the server's clock. */
export interface CommandEnvelope<T extends CommandType = CommandType> {
  id: string;
  screenId: string;
  type: T;
  payload: CommandPayload<T>;
  /** What the command competes for. In one slot, a later command replaces an earlier one that has not ended. */
  slot: string;
  /** Grows with every command that a screen is given: the order of acceptance. */
  seq: number;
  createdAt: number;
  /** The device never begins it after this moment. */
  expiresAt: number;
  /** 1 for the first try. */
  attempt: number;
  /** ms since 1970 by the server's clock when it was dispatched. */
  sentAt: number;
  trace: TraceContext;
}

/** One line in the story of a command. */
export const historyEntrySchema = z.object({
  state: z.enum([...COMMAND_STATES, 'failed']),
  /** ms since 1970, by the server's clock. */
  at: z.number(),
  attempt: z.number().optional(),
  /** Why: an error code. */
  code: z.string().optional(),
  detail: z.string().optional(),
  /** Who or what: the id of the command that superseded it, the subject that cancelled it. */
  by: z.string().optional(),
});

export type HistoryEntry = z.infer<typeof historyEntrySchema>;
