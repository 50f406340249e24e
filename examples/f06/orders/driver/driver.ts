/** The little that the order book needs of a database. */
export interface Driver {
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}
