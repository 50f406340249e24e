import type { Driver } from './driver/driver.ts';
import type { Order } from './order.ts';
import type { OrderBook } from './order-book.ts';
import { CREATE_ORDERS, FIND_ORDER, LIST_ORDERS, SEED_ORDERS } from './schema.ts';
import { seedOrders } from './seed.ts';

/** The order book over any PostgreSQL. */
export async function sqlOrderBook(driver: Driver): Promise<OrderBook> {
  try {
    await driver.query(CREATE_ORDERS);
    await driver.query(SEED_ORDERS, [JSON.stringify(seedOrders())]);
  } catch (error) {
    await driver.close();
    throw error;
  }
  return {
    async find(orderId) {
      const [order] = await driver.query<Order>(FIND_ORDER, [orderId]);
      return order;
    },
    list: (limit = 100) => driver.query<Order>(LIST_ORDERS, [limit]),
    close: () => driver.close(),
  };
}
