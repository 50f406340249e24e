import { z } from 'zod';
import { displayIndexSchema, idSchema, orderIdSchema, timestampSchema } from './identifiers.ts';

/** The body of `POST /api/trigger` and of the `trigger` event: this order on that display. */
export const triggerSchema = z.strictObject({
  /** The caller's own id of this wish. The same id sent again is answered with the first result. */
  id: idSchema,
  orderId: orderIdSchema,
  screenId: idSchema,
  displayIndex: displayIndexSchema.default(0),
  /** When the caller made it, in ms since 1970. */
  timestamp: timestampSchema,
  /** How long it is worth showing, in ms. Default: the server's `commands.ttlMs`. */
  ttl: z.int().min(1_000).max(86_400_000).optional(),
});

export type TriggerRequest = z.input<typeof triggerSchema>;
export type Trigger = z.output<typeof triggerSchema>;

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
