import type { Order } from './order.ts';

/** Where the orders are. The server knows this and nothing of SQL. */
export interface OrderBook {
  find(orderId: string): Promise<Order | undefined>;
  /** Every order by id, at most `limit`. */
  list(limit?: number): Promise<Order[]>;
  close(): Promise<void>;
}

/**
 * Opens the book that the environment asks for, with its table made and its orders in it.
 *
 * @example
 * ```ts
 * const book = await openOrderBook({ databaseUrl: process.env.ORDERS_DATABASE_URL });
 * const order = await book.find('PO-2026-1001');
 * ```
 */
export async function openOrderBook(options: {
  /** PostgreSQL or Supabase. Default: PGlite, PostgreSQL inside this process. */
  databaseUrl?: string | undefined;
  /** Where PGlite keeps its files. Default: in memory. */
  directory?: string | undefined;
}): Promise<OrderBook> {
  // Loaded on demand: PGlite takes half a gigabyte, which a real database makes needless.
  const [{ sqlOrderBook }, driver] = await Promise.all([
    import('./sql-order-book.ts'),
    options.databaseUrl
      ? import('./driver/postgres.ts').then(({ postgres }) => postgres(options.databaseUrl ?? ''))
      : import('./driver/pglite.ts').then(({ pglite }) => pglite(options.directory)),
  ]);
  return sqlOrderBook(driver);
}
