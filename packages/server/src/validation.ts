import { RemoteDisplayError } from '@remote-display/protocol';
import type { z } from 'zod';

/** What the schema makes of it; throws `INVALID_REQUEST` naming the fields that are wrong, and no value. */
export function parse<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
  throw new RemoteDisplayError('INVALID_REQUEST', { detail: detail.slice(0, 500) });
}
