import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Driver } from './driver/driver.ts';
import { pglite } from './driver/pglite.ts';
import { postgres } from './driver/postgres.ts';
import { seedOrders } from './seed.ts';
import { sqlOrderBook } from './sql-order-book.ts';

const databaseUrl = process.env.ORDERS_DATABASE_URL;
const drivers: [string, () => Promise<Driver>][] = [['pglite', () => pglite()]];
// The same promises on a real server, where there is one.
if (databaseUrl) drivers.push(['postgres', () => postgres(databaseUrl)]);

describe.each(drivers)('the order book on %s', (_name, open) => {
  let driver: Driver;
  beforeAll(async () => {
    driver = await open();
  }, 60_000);
  afterAll(() => driver.close());

  it('gives back every order as it was seeded', async () => {
    const book = await sqlOrderBook(driver);
    expect(await book.list()).toEqual(seedOrders());
    expect(await book.find('PO-2026-1001')).toEqual(seedOrders()[0]);
  });

  it('finds nothing under an unknown id, however it is written', async () => {
    const book = await sqlOrderBook(driver);
    expect(await book.find('PO-0')).toBeUndefined();
    expect(await book.find("' or 1=1 --")).toBeUndefined();
  });

  it('opens again without doubling orders or undoing what was changed in them', async () => {
    await sqlOrderBook(driver);
    await driver.query("update orders set revision = 'Z' where id = 'PO-2026-1002'");
    const again = await sqlOrderBook(driver);
    expect(await again.list()).toHaveLength(seedOrders().length);
    expect((await again.find('PO-2026-1002'))?.revision).toBe('Z');
    await driver.query("update orders set revision = 'B' where id = 'PO-2026-1002'");
  });

  it('lists no more than asked', async () => {
    const book = await sqlOrderBook(driver);
    expect((await book.list(3)).map(({ id }) => id)).toEqual([
      'PO-2026-1001',
      'PO-2026-1002',
      'PO-2026-1003',
    ]);
  });
});
