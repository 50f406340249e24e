import type { OrderDocument } from '@remote-display/protocol';

/** Where answers lie. Times are in ms. Anything may fail; that costs a look-up and nothing else. */
export interface OrderShelf {
  get(key: string): unknown;
  set(key: string, document: OrderDocument, lifeMs: number): unknown;
  remove(key: string): unknown;
  lifeLeft(key: string): number | Promise<number>;
  /** Part of the key of every answer for the order: what was kept under another one is never found again. */
  generation(orderId: string): string | Promise<string>;
  renew(orderId: string): void | Promise<void>;
}
