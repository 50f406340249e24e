import { z } from 'zod';
import { displayIndexSchema, idSchema } from './identifiers.ts';

const attemptSchema = z.int().min(1).max(1_000);
const durationSchema = z.number().min(0).max(86_400_000);
const pixelsSchema = z.number().min(-1_000_000).max(1_000_000);

export const boundsSchema = z.strictObject({
  left: pixelsSchema,
  top: pixelsSchema,
  width: pixelsSchema,
  height: pixelsSchema,
});

export type Bounds = z.infer<typeof boundsSchema>;

/** One attached monitor, in device-independent pixels. */
export const displaySchema = z.strictObject({
  index: displayIndexSchema,
  primary: z.boolean(),
  bounds: boundsSchema,
  label: z.string().max(128).optional(),
});

export type Display = z.infer<typeof displaySchema>;

/** Time spent on the device, in ms since it received the command. */
export const stageTimingsSchema = z.strictObject({
  placed: durationSchema.optional(),
  loaded: durationSchema.optional(),
  painted: durationSchema.optional(),
});

export type StageTimings = z.infer<typeof stageTimingsSchema>;

/** What the device saw when it said `shown`. */
export const evidenceSchema = z.strictObject({
  displayIndex: displayIndexSchema.optional(),
  /** Where the window stood. */
  bounds: boundsSchema.optional(),
  /** HTTP status of the document. */
  status: z.int().min(0).max(999).optional(),
  timings: stageTimingsSchema.optional(),
});

export type Evidence = z.infer<typeof evidenceSchema>;

export const outcomeSchema = z.strictObject({
  id: idSchema,
  attempt: attemptSchema,
  state: z.enum(['shown', 'failed']),
  evidence: evidenceSchema.optional(),
  error: z
    .strictObject({ code: z.string().max(64), detail: z.string().max(512).optional() })
    .optional(),
});

/** How a command ended on the device: `shown`, or `failed` with a code. */
export type Outcome = z.infer<typeof outcomeSchema>;

export const receiptSchema = z.strictObject({ id: idSchema, attempt: attemptSchema });

/** The device has the command safely in its inbox. */
export type Receipt = z.infer<typeof receiptSchema>;

/** The most commands that one message of a device may speak of. */
export const MAX_REPORT = 256;

/** The device's `report` event: receipts and outcomes, as many as there are. */
export const reportSchema = z.strictObject({
  receipts: z.array(receiptSchema).max(MAX_REPORT).default([]),
  outcomes: z.array(outcomeSchema).max(MAX_REPORT).default([]),
});

export type Report = z.infer<typeof reportSchema>;

/** The device's first event on every connection: what it still has from before. */
export const resumeSchema = z.strictObject({
  /** Commands in its inbox that have not ended. */
  held: z.array(receiptSchema).max(MAX_REPORT).default([]),
  /** Outcomes that the server has not confirmed. */
  outcomes: z.array(outcomeSchema).max(MAX_REPORT).default([]),
  /** The displays attached now; left out where the device does not know. */
  displays: z.array(displaySchema).max(16).optional(),
});

export type Resume = z.infer<typeof resumeSchema>;

/** The displays of a screen, told again whenever they change. */
export const displaysSchema = z.strictObject({ displays: z.array(displaySchema).max(16) });

/** What a socket says of itself in its handshake. */
export const handshakeSchema = z.object({
  token: z.string().min(1).max(8_192),
  protocol: z.number(),
  /** Tells the lives of one device from another device with the same rights, such as a copied profile. */
  instance: idSchema.optional(),
});

export type Handshake = z.infer<typeof handshakeSchema>;

/** A new access token on a live socket. */
export const renewSchema = z.strictObject({ token: z.string().min(1).max(8_192) });
