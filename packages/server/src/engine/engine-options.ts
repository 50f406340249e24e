import type { CommandStore } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { DomainEmitter } from './events.ts';
import type { OutboxOptions } from './outbox.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** What the engine is made of. */
export interface EngineOptions extends OutboxOptions {
  commands: CommandStore;
  /** Whether other processes write to the store too. */
  shared: boolean;
  clock: Clock;
  events: DomainEmitter;
  retryPolicy: RetryPolicy;
  /** How many commands of a screen are held in memory while it is connected. */
  outboxLimit: number;
  /** How many callers may wait for an end at once. */
  waiterLimit: number;
  /** How long a settled command can still be read, in ms. */
  retentionMs: number;
  /** Told when the store refuses something that nobody waits for. */
  onError: (error: unknown) => void;
}
