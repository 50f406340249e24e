import { z } from 'zod';
import { displayIndexSchema, idSchema, orderIdSchema, timestampSchema } from './identifiers.ts';

/** The most triggers in one request, and the most screens that one trigger may reach. */
export const MAX_TRIGGERS = 1_000;

const wishShape = {
  /** The caller's own id of this wish. The same id sent again is answered with the first result. */
  id: idSchema,
  orderId: orderIdSchema,
  displayIndex: displayIndexSchema.default(0),
  /** When the caller made it, in ms since 1970. */
  timestamp: timestampSchema,
  /** How long it is worth showing, in ms. Default: the server's `commands.ttlMs`. */
  ttl: z.int().min(1_000).max(86_400_000).optional(),
  /** The higher one goes first among the displays of a screen, 0 to 9. It never breaks the order of one display. */
  priority: z.int().min(0).max(9).default(0),
  /** `latest` ends what has not ended on that display; `all` waits its turn behind it. */
  queue: z.enum(['latest', 'all']).default('latest'),
};

/** This order on that display: an element of `POST /api/triggers`, and the `trigger` event. */
export const triggerSchema = z.strictObject({ ...wishShape, screenId: idSchema });

export type TriggerRequest = z.input<typeof triggerSchema>;
export type Trigger = z.output<typeof triggerSchema>;

/** The body of `POST /api/trigger`: one screen, a list of them, or all that have a tag. */
export const triggerBodySchema = z
  .strictObject({
    ...wishShape,
    screenId: idSchema.optional(),
    screenIds: z.array(idSchema).min(1).max(MAX_TRIGGERS).optional(),
    tag: idSchema.optional(),
  })
  .refine(
    ({ screenId, screenIds, tag }) =>
      [screenId, screenIds, tag].filter((target) => target !== undefined).length === 1,
    'must have exactly one of screenId, screenIds and tag',
  );

export type TriggerBody = z.input<typeof triggerBodySchema>;

/** The body of `POST /api/triggers`. Each is checked by itself, so that one that is wrong spoils no other. */
export const triggersSchema = z.strictObject({
  triggers: z.array(z.unknown()).min(1).max(MAX_TRIGGERS),
});

/** `Idempotency-Key`: besides the `id`, another name for the same wish. */
export const idempotencyKeySchema = z
  .string()
  .max(128)
  .regex(/^[\x21-\x7e]+$/, 'must be 1 to 128 printable characters without spaces');

/** `?wait=shown&timeout=5000`: hold the answer until the command has ended, at most so many ms. */
export const waitQuerySchema = z.strictObject({
  wait: z.literal('shown').optional(),
  timeout: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, 'must be whole milliseconds')
    .transform(Number)
    .pipe(z.int().min(1).max(60_000))
    .optional(),
});
