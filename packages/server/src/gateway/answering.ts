import { type Acknowledge, RemoteDisplayError } from '@remote-display/protocol';
import type { z } from 'zod';
import type { Logger } from '../logger.ts';
import { parse } from '../validation.ts';

/**
 * A listener for an event that must be answered: checks the body, runs the handler, and answers
 * with its result or with an error. Without an acknowledgement there is nobody to tell; such an
 * event is a breach of the protocol, handed to `onBreach`.
 */
export function answering<S extends z.ZodType, R>(
  schema: S,
  logger: Logger,
  onBreach: () => void,
  handler: (body: z.output<S>) => R | Promise<R>,
): (body: unknown, ack: Acknowledge<R>) => void {
  return (body, ack) => {
    if (typeof ack !== 'function') return onBreach();
    (async () => handler(parse(schema, body)))().then(ack, (error: unknown) => {
      const known = RemoteDisplayError.wrap(error);
      if (known.code === 'INTERNAL') logger.error({ err: error }, 'an event could not be answered');
      ack({ error: known.toJSON() });
    });
  };
}
