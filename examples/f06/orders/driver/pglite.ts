import { mkdir } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import type { Driver } from './driver.ts';

/** PostgreSQL inside this process; nothing to install. */
export async function pglite(directory?: string): Promise<Driver> {
  if (directory) await mkdir(directory, { recursive: true });
  const database = await PGlite.create(directory ?? 'memory://');
  return {
    async query<Row>(sql: string, parameters?: unknown[]) {
      return (await database.query<Row>(sql, parameters)).rows;
    },
    close: () => database.close(),
  };
}
