import { type OrderDocument, RemoteDisplayError } from '@remote-display/protocol';
import { documentSchema } from '@remote-display/protocol/schemas';
import {
  type BreakerOptions,
  GuardedCall,
  type GuardedCallOptions,
} from '../hooks/guarded-call.ts';
import { OrderCache, type OrderCacheOptions } from './order-cache.ts';
import type { ResolveContext, ResolveOrder } from './resolve-order.ts';

export interface OrderResolverOptions {
  breaker?: BreakerOptions | undefined;
  /** Default: no cache, and a look-up for each call. */
  cache?: OrderCacheOptions | undefined;
  onState?: GuardedCallOptions['onState'];
}

/** Asks `resolveOrder`, guarded and perhaps cached, and believes nothing of the answer that it has not checked. */
export class OrderResolver {
  readonly cache: OrderCache | undefined;
  /** Whoever is asked on the way, with the state of its breaker. */
  readonly guards: readonly GuardedCall[];
  readonly #resolveOrder: ResolveOrder;
  readonly #guard: GuardedCall;
  readonly #origins: ReadonlySet<string> | undefined;

  constructor(
    resolveOrder: ResolveOrder,
    timeoutMs: number,
    origins: readonly string[] | undefined,
    { breaker, cache, onState }: OrderResolverOptions = {},
  ) {
    this.#resolveOrder = resolveOrder;
    this.#origins = origins && new Set(origins);
    this.#guard = new GuardedCall({
      name: 'resolveOrder',
      timeoutMs,
      timeoutCode: 'ORDER_LOOKUP_TIMEOUT',
      failureCode: 'ORDER_LOOKUP_FAILED',
      breaker,
      onState,
    });
    this.cache =
      cache &&
      new OrderCache(cache, {
        lookUp: (orderId, context) => this.#lookUp(orderId, context),
        check: (kept) => this.#check(kept),
        breaker,
        onState,
      });
    const redis = this.cache?.redis;
    this.guards = redis ? [this.#guard, redis.guard] : [this.#guard];
  }

  /**
   * The document; throws `ORDER_NOT_FOUND`, `ORDER_LOOKUP_TIMEOUT`, `ORDER_LOOKUP_FAILED`, `DOCUMENT_BLOCKED`,
   * `CIRCUIT_OPEN`, `OVERLOADED`, or what `resolveOrder` throws of ours.
   */
  resolve(orderId: string, context: Omit<ResolveContext, 'signal'>): Promise<OrderDocument> {
    return this.cache ? this.cache.resolve(orderId, context) : this.#lookUp(orderId, context);
  }

  #lookUp(orderId: string, context: Omit<ResolveContext, 'signal'>): Promise<OrderDocument> {
    return this.#guard.run(async (signal) =>
      this.#check(await this.#resolveOrder(orderId, { ...context, signal })),
    );
  }

  #check(answer: unknown): OrderDocument {
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
}
