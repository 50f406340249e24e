/**
 * Shows documents on displays far away, and knows that they are shown: the server.
 *
 * @packageDocumentation
 */
export {
  type CommandView,
  type DeadLetterPage,
  type DeadLetterView,
  type Display,
  type ErrorCode,
  type OrderDocument,
  type PairingView,
  RemoteDisplayError,
  type ScreenView,
  type TokenPair,
  type TriggerRequest,
  type TriggerResult,
} from '@remote-display/protocol';
export type { NewSession } from './access/sessions.ts';
export type { Command, Failure } from './engine/command.ts';
export type { DomainEvents } from './engine/events.ts';
export type { BackoffOptions, FailedAttempt, RetryPolicy } from './engine/retry-policy.ts';
export { exponentialBackoff } from './engine/retry-policy.ts';
export type { BreakerOptions, BreakerState } from './hooks/guarded-call.ts';
export type { Logger } from './logger.ts';
export type { RemoteDisplayOptions } from './options.ts';
export { createRemoteDisplay, type RemoteDisplay } from './remote-display.ts';
export { memoryStore } from './store/memory-store.ts';
export { type RedisStoreOptions, redisStore } from './store/redis-store.ts';
export { type SqliteStoreOptions, sqliteStore } from './store/sqlite-store.ts';
export type { DeadLetter, DeadLetterFilter, Store } from './store/store.ts';
export type { OrderCacheOptions, OrderCacheStats } from './trigger/order-cache.ts';
export type { OrderCacheRedis } from './trigger/order-cache-redis.ts';
export type { ResolveContext, ResolveOrder } from './trigger/resolve-order.ts';
