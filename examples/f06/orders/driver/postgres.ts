import pg from 'pg';
import type { Driver } from './driver.ts';

/** Any PostgreSQL by URL; Supabase gives such a URL under "Connection string". */
export async function postgres(url: string): Promise<Driver> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 5_000,
    query_timeout: 6_000,
    idleTimeoutMillis: 30_000,
    application_name: 'remote-display-example',
  });
  // An idle connection that breaks is replaced by the pool; unheard, it would end the process.
  pool.on('error', (error) =>
    console.error(`orders: a database connection broke: ${error.message}`),
  );
  return {
    async query<Row>(sql: string, parameters?: unknown[]) {
      return (await pool.query(sql, parameters)).rows as Row[];
    },
    close: () => pool.end(),
  };
}
