import type { OrderDocument } from '@remote-display/protocol';

/** What an order is looked up for. */
export interface ResolveContext {
  screenId: string;
  displayIndex: number;
  /** Who triggers. */
  subject: string;
  /** Aborts when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/**
 * The integrator's way from an order to its document. `null` or `undefined`: there is no such
 * order. A `RemoteDisplayError` that it throws (such as `ORDER_OUT_OF_STOCK`) reaches the caller.
 */
export type ResolveOrder = (
  orderId: string,
  context: ResolveContext,
) => Promise<OrderDocument | null | undefined> | OrderDocument | null | undefined;
