import { z } from 'zod';
import { COMMAND_STATES } from '../command-state.ts';
import { historyEntrySchema } from './command.ts';
import { displaySchema, evidenceSchema } from './device.ts';

const localizedSchema = z.object({ ko: z.string(), en: z.string() });

/** An error as it travels. */
export const errorBodySchema = z.object({
  code: z.string(),
  message: localizedSchema,
  action: localizedSchema,
  detail: z.string().optional(),
  retryable: z.boolean(),
});

/** A command as callers see it. Times are ms since 1970 by the server's clock. */
export const commandViewSchema = z.object({
  commandId: z.string(),
  screenId: z.string(),
  type: z.string(),
  displayIndex: z.number().optional(),
  orderId: z.string().optional(),
  state: z.enum(COMMAND_STATES),
  priority: z.number(),
  attempt: z.number(),
  createdAt: z.number(),
  expiresAt: z.number(),
  settledAt: z.number().optional(),
  /** Why it ended without being shown. */
  error: errorBodySchema.optional(),
  /** What the device saw when it was shown. */
  evidence: evidenceSchema.optional(),
  history: z.array(historyEntrySchema),
  /** The dead command that this one tries again. */
  redriveOf: z.string().optional(),
});

export type CommandView = z.infer<typeof commandViewSchema>;

/** What became of one of many triggers: its command, or why there is none. */
export const triggerResultSchema = z.object({
  /** The trigger's `id`, or the dead command's. */
  id: z.string().optional(),
  screenId: z.string().optional(),
  command: commandViewSchema.optional(),
  error: errorBodySchema.optional(),
});

export type TriggerResult = z.infer<typeof triggerResultSchema>;

/** The answer of `POST /api/triggers`, and of `POST /api/trigger` for several screens. */
export const triggerResultsSchema = z.object({ results: z.array(triggerResultSchema) });

export type TriggerResults = z.infer<typeof triggerResultsSchema>;

/** A screen as callers see it. */
export const screenViewSchema = z.object({
  screenId: z.string(),
  name: z.string(),
  online: z.boolean(),
  pairedAt: z.number(),
  lastSeenAt: z.number().optional(),
  displays: z.array(displaySchema),
  tags: z.array(z.string()),
});

export type ScreenView = z.infer<typeof screenViewSchema>;
