import { type OrderDocument, RemoteDisplayError } from '@remote-display/protocol';
import { documentSchema } from '@remote-display/protocol/schemas';

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

/** Asks `resolveOrder`, bounded in time, and believes nothing of the answer that it has not checked. */
export class OrderResolver {
  readonly #resolveOrder: ResolveOrder;
  readonly #timeoutMs: number;
  readonly #origins: ReadonlySet<string> | undefined;

  constructor(
    resolveOrder: ResolveOrder,
    timeoutMs: number,
    origins: readonly string[] | undefined,
  ) {
    this.#resolveOrder = resolveOrder;
    this.#timeoutMs = timeoutMs;
    this.#origins = origins && new Set(origins);
  }

  /** The document; throws `ORDER_NOT_FOUND`, `ORDER_LOOKUP_TIMEOUT`, `ORDER_LOOKUP_FAILED` or `DOCUMENT_BLOCKED`. */
  async resolve(orderId: string, context: Omit<ResolveContext, 'signal'>): Promise<OrderDocument> {
    const answer = await this.#ask(orderId, context);
    if (answer === null || answer === undefined) throw new RemoteDisplayError('ORDER_NOT_FOUND');
    const document = documentSchema.safeParse(answer);
    if (!document.success) {
      const [issue] = document.error.issues;
      const detail = `resolveOrder answered no document: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`;
      throw new RemoteDisplayError('ORDER_LOOKUP_FAILED', { detail: detail.slice(0, 500) });
    }
    const { origin } = new URL(document.data.url);
    if (this.#origins && !this.#origins.has(origin)) {
      throw new RemoteDisplayError('DOCUMENT_BLOCKED', { detail: origin });
    }
    return document.data;
  }

  async #ask(orderId: string, context: Omit<ResolveContext, 'signal'>) {
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        abort.abort();
        reject(new RemoteDisplayError('ORDER_LOOKUP_TIMEOUT'));
      }, this.#timeoutMs);
    });
    try {
      const asked = (async () =>
        this.#resolveOrder(orderId, { ...context, signal: abort.signal }))();
      return await Promise.race([asked, late]);
    } catch (error) {
      throw RemoteDisplayError.wrap(error, 'ORDER_LOOKUP_FAILED');
    } finally {
      clearTimeout(timer);
    }
  }
}
