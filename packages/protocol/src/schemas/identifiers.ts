import { z } from 'zod';

/**
 * Names a screen, a session, a command or a trigger. Letters, digits and `. _ : -` only, so that
 * an id is safe in a URL, a room name, a Redis key and a log line alike.
 */
export const idSchema = z
  .string()
  .max(64)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]*$/,
    'letters, digits and . _ : - only, starting with a letter or digit',
  );

// Control characters, lone surrogates and direction overrides make two different texts look alike.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** A text that people wrote, such as an order id or a name: printable, one line, trimmed, never empty. */
export const textSchema = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => !UNPRINTABLE.test(text), 'has characters that cannot be printed')
    .refine((text) => text.trim() === text, 'must not begin or end with a space');

/** The order as the integrator names it, up to 128 characters. */
export const orderIdSchema = textSchema(128);

/** 0 is the primary display; 1 and up are the others by left edge, then top. */
export const displayIndexSchema = z.int().min(0).max(15);

/** A moment in milliseconds since 1970. The lower bound refuses seconds by mistake. */
export const timestampSchema = z
  .int()
  .min(1_000_000_000_000, 'must be milliseconds since 1970, not seconds')
  .max(10_000_000_000_000);

/** The tags of a screen, such as `line-3` or `andon`: groups that it belongs to. */
export const tagsSchema = z.array(idSchema).max(32);
