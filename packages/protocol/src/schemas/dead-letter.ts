import { z } from 'zod';
import { idSchema } from './identifiers.ts';
import { MAX_TRIGGERS } from './trigger.ts';
import { commandViewSchema, triggerResultSchema } from './views.ts';

const filterShape = {
  screenId: idSchema.optional(),
  type: z.enum(['navigate']).optional(),
  /** The error code with which it died. */
  code: z.string().max(64).optional(),
};
const momentSchema = z.int().min(0).max(10_000_000_000_000);
const momentTextSchema = z
  .string()
  .regex(/^\d{1,14}$/, 'must be ms since 1970')
  .transform(Number);

/** The body of `POST /api/dead-letters/redrive` and `/discard`: those that it fits, the newest first. */
export const deadLetterFilterSchema = z.strictObject({
  ...filterShape,
  /** Died at this moment or later, ms since 1970. */
  since: momentSchema.optional(),
  /** Died before this moment, ms since 1970. */
  until: momentSchema.optional(),
  /** At most so many in one request. */
  limit: z.int().min(1).max(MAX_TRIGGERS).default(MAX_TRIGGERS),
});

/** The query of `GET /api/dead-letters`. */
export const deadLetterQuerySchema = z.strictObject({
  ...filterShape,
  since: momentTextSchema.optional(),
  until: momentTextSchema.optional(),
  redriven: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  /** The `next` of the page before. */
  after: z
    .string()
    .max(256)
    .regex(/^[A-Za-z0-9._:-]+$/)
    .optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1 to 999')
    .transform(Number)
    .optional(),
});

/** A dead letter as callers see it. */
export const deadLetterViewSchema = z.object({
  command: commandViewSchema,
  /** What the command carried. */
  payload: z.unknown(),
  /** The command that was made to try it again. */
  redrivenAs: z.string().optional(),
});

export type DeadLetterView = z.infer<typeof deadLetterViewSchema>;

/** The answer of `GET /api/dead-letters`. */
export const deadLetterPageSchema = z.object({
  deadLetters: z.array(deadLetterViewSchema),
  next: z.string().optional(),
});

export type DeadLetterPage = z.infer<typeof deadLetterPageSchema>;

/** The answer of `POST /api/dead-letters/redrive`. */
export const redrivenSchema = z.object({
  results: z.array(triggerResultSchema),
  /** There are more that fit: ask again. */
  more: z.boolean(),
});

export type Redriven = z.infer<typeof redrivenSchema>;
