import type { CommandStore, DeadLetterStore, News } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { DomainEmitter } from './events.ts';
import type { OutboxOptions } from './outbox.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** How long and how much is kept of what has ended. */
export interface RetentionOptions {
  /** How long a settled command can still be read, in ms. */
  retentionMs: number;
  /** At most so many settled commands are kept, beside those whose keys are still good. */
  maxSettled: number;
  /** How long the keys of a command are good, in ms. */
  idempotencyMs: number;
  /** How long a dead letter is kept, in ms. */
  deadLetterRetentionMs: number;
  /** At most so many dead letters are kept. */
  maxDeadLetters: number;
}

/** What the engine is made of. */
export interface EngineOptions extends OutboxOptions, RetentionOptions {
  commands: CommandStore;
  deadLetters: DeadLetterStore;
  /** How other nodes are heard of, where there are others. */
  news?: News | undefined;
  clock: Clock;
  events: DomainEmitter;
  retryPolicy: RetryPolicy;
  /** Names this process and its connections apart from all others. */
  nodeId: string;
  /** How many commands of a screen are held in memory while it is connected. */
  outboxLimit: number;
  /** How many callers may wait for an end at once. */
  waiterLimit: number;
  /** Told when the store refuses something that nobody waits for. */
  onError: (error: unknown) => void;
}
