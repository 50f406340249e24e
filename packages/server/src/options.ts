import { RemoteDisplayError } from '@remote-display/protocol';
import { z } from 'zod';
import type { RetryPolicy } from './engine/retry-policy.ts';
import type { BreakerOptions } from './hooks/guarded-call.ts';
import type { Logger } from './logger.ts';
import type { DeadLetter, Store } from './store/store.ts';
import type { OrderCacheOptions } from './trigger/order-cache.ts';
import type { ResolveOrder } from './trigger/resolve-order.ts';

/** Everything that can be set. All times are in ms. */
export interface RemoteDisplayOptions {
  /** Signs all tokens. At least 32 bytes, the same on every node, never in the code. There is no default. */
  secret: string;
  /** The way from an order to its document. */
  resolveOrder: ResolveOrder;
  /** Where commands, screens and sessions are kept. Default: `sqliteStore()`, the file `./remote-display.db`. */
  store?: Store;
  /** Path under which everything is served, the socket included (`/api/socket.io`). Default `/api`. */
  basePath?: string;
  /** The address by which stations reach the server, for pairing links. Default: that of the request. */
  publicUrl?: string;
  /** Origins whose documents may be shown, such as `https://docs.example.com`. Default: any http or https. */
  documentOrigins?: string[];
  /** How long `resolveOrder` may take. Default 5,000. */
  resolveTimeoutMs?: number;
  /** Keeps answers of `resolveOrder`. Default: every trigger looks its order up. */
  orderCache?: OrderCacheOptions;
  /** When `resolveOrder` or `onDeadLetter` is left alone because it fails. */
  breaker?: BreakerOptions;
  /**
   * Told of each command that ended in failure, after it is safely kept as a dead letter. It has
   * 10 s; what it throws is logged and changes nothing.
   */
  onDeadLetter?: (letter: DeadLetter) => void | Promise<void>;
  deadLetters?: {
    /** How long a dead letter is kept. Default 2,592,000,000 (30 days). */
    retentionMs?: number;
    /** At most so many are kept, the newest. Default 100,000. */
    maxCount?: number;
  };
  commands?: {
    /** How long a command is worth showing. Default 300,000. */
    ttlMs?: number;
    /** Attempts in all before a command is dead. Default 4. */
    maxAttempts?: number;
    /**
     * Decides on retries, by the command's type, the attempt and the error, instead of the default
     * backoff. Where it throws or answers nonsense the default decides.
     */
    retryPolicy?: RetryPolicy;
    /** How many commands of one screen may be unsettled; one more is `QUEUE_FULL`. Default 1,000, at most 10,000. */
    maxUnsettled?: number;
    /** How long a device may take to confirm receipt. Default 10,000. */
    receiptTimeoutMs?: number;
    /** How long a device may take from receipt to outcome. Default 30,000. */
    outcomeTimeoutMs?: number;
    /** How long the same id is answered with the first command. Default 3,600,000. */
    idempotencyMs?: number;
    /** How long an ended command can be read; at least `idempotencyMs`. Default 604,800,000 (a week). */
    retentionMs?: number;
    /** At most so many ended commands are kept, the newest, beside those of the last `idempotencyMs`. Default 1,000,000. */
    maxSettled?: number;
  };
  tokens?: {
    /** Life of an access token. Default 900,000 (15 minutes). */
    accessTtlMs?: number;
    /** Life of a refresh token, counted anew at each renewal. Default 86,400,000 (24 hours). */
    refreshTtlMs?: number;
  };
  pairing?: {
    /** How long a pairing code is good. Default 300,000. */
    ttlMs?: number;
    /** Ids of the extensions that the pairing page looks for. */
    extensionIds?: string[];
  };
  heartbeat?: {
    /** Default 25,000; at most 60,000 together with `timeoutMs`. */
    intervalMs?: number;
    /** A peer that stays silent so long after a heartbeat is gone. Default 5,000. */
    timeoutMs?: number;
  };
  /** How long `close()` waits for what is in flight. Default 5,000. */
  drainTimeoutMs?: number;
  /** Default: silence. */
  logger?: Logger;
}

const MAX_MS = 2_147_483_647;
const whole = (min = 1, max = MAX_MS) => z.int().min(min).max(max);
const ms = (fallback: number, min = 1, max = MAX_MS) => whole(min, max).default(fallback);
const callback = <T>() =>
  z.custom<T>((value) => typeof value === 'function', { error: 'must be a function' });

const optionsSchema = z.strictObject({
  secret: z
    .string({ error: 'is needed: a random string of at least 32 bytes' })
    .refine((secret) => Buffer.byteLength(secret) >= 32, 'must have at least 32 bytes')
    .refine((secret) => new Set(secret).size >= 8, 'is too regular to be random'),
  resolveOrder: callback<ResolveOrder>(),
  store: z.custom<Store>((value) => typeof value === 'object' && value !== null).optional(),
  basePath: z
    .string()
    .regex(/^(\/[A-Za-z0-9._-]+)+$/, 'must begin with / and not end with it')
    .default('/api'),
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  documentOrigins: z
    .array(
      z
        .string()
        .refine(
          (text) => URL.parse(text)?.origin === text,
          'must be an origin such as https://docs.example.com',
        ),
    )
    .optional(),
  resolveTimeoutMs: ms(5_000),
  orderCache: z
    .strictObject({
      ttlMs: whole(1_000, 86_400_000),
      staleMs: whole(0, 86_400_000).optional(),
      maxEntries: whole(1, 1_000_000).optional(),
      vary: z.array(z.enum(['screenId', 'displayIndex', 'subject'])).optional(),
      redis: z
        .custom<NonNullable<OrderCacheOptions['redis']>>(
          (value) => typeof value === 'object' && value !== null,
          'must be an ioredis client',
        )
        .optional(),
    })
    .optional(),
  breaker: z
    .strictObject({ failures: whole(1, 1_000).default(5), resetMs: ms(10_000) })
    .prefault({}),
  onDeadLetter: callback<NonNullable<RemoteDisplayOptions['onDeadLetter']>>().optional(),
  deadLetters: z
    .strictObject({
      retentionMs: whole(1_000, 31_536_000_000).default(2_592_000_000),
      maxCount: whole(1, 10_000_000).default(100_000),
    })
    .prefault({}),
  commands: z
    .strictObject({
      ttlMs: ms(300_000, 1_000, 86_400_000),
      maxAttempts: z.int().min(1).max(100).default(4),
      retryPolicy: callback<RetryPolicy>().optional(),
      maxUnsettled: whole(1, 10_000).default(1_000),
      receiptTimeoutMs: ms(10_000),
      outcomeTimeoutMs: ms(30_000),
      idempotencyMs: ms(3_600_000, 1_000),
      retentionMs: whole(1_000, 31_536_000_000).default(604_800_000),
      maxSettled: whole(1, 100_000_000).default(1_000_000),
    })
    // A command that is forgotten before its key would be made a second time under it.
    .refine(({ retentionMs, idempotencyMs }) => retentionMs >= idempotencyMs, {
      path: ['retentionMs'],
      message: 'must not be shorter than idempotencyMs',
    })
    .prefault({}),
  tokens: z
    .strictObject({ accessTtlMs: ms(900_000, 1_000), refreshTtlMs: ms(86_400_000, 1_000) })
    .prefault({}),
  pairing: z
    .strictObject({
      ttlMs: ms(300_000, 1_000, 86_400_000),
      extensionIds: z.array(z.string().regex(/^[a-p]{32}$/, 'must be an extension id')).default([]),
    })
    .prefault({}),
  heartbeat: z
    .strictObject({ intervalMs: ms(25_000, 100), timeoutMs: ms(5_000, 100) })
    // A dead line must be noticed before the attempts of a command are used up on it.
    .refine(({ intervalMs, timeoutMs }) => intervalMs + timeoutMs <= 60_000, {
      message: 'intervalMs and timeoutMs together must not be more than 60,000',
    })
    .prefault({}),
  drainTimeoutMs: ms(5_000, 0),
  logger: z.custom<Logger>((value) => typeof value === 'object' && value !== null).optional(),
});

export type CheckedOptions = z.output<typeof optionsSchema>;

/** Options with their defaults; throws `INVALID_OPTIONS` naming each that is wrong. */
export function checkOptions(options: RemoteDisplayOptions): CheckedOptions {
  const checked = optionsSchema.safeParse(options);
  if (checked.success) return checked.data;
  const detail = checked.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; ');
  throw new RemoteDisplayError('INVALID_OPTIONS', { detail });
}
