import type { Display } from '@remote-display/protocol';
import { EventEmitter } from 'eventemitter3';
import type { Command, Failure } from './command.ts';

/** Everything that happens, by name. Metrics, traces, audit and the integrator listen to these alike. */
export interface DomainEvents {
  /** The store has it: from here on it ends in a truth. */
  'command.accepted': { command: Command };
  'command.dispatched': { command: Command; at: number };
  'command.received': { command: Command; at: number };
  /** An attempt failed; the next is at `notBefore`. */
  'command.retrying': { command: Command; error: Failure; notBefore: number };
  /** It ended, and the store knows. */
  'command.settled': { command: Command };
  /** It ended in failure; follows its `command.settled`. */
  'command.dead': { command: Command };
  'screen.online': { screenId: string };
  'screen.offline': { screenId: string };
  'screen.displays': { screenId: string; displays: Display[] };
  'screen.updated': { screenId: string };
  'session.revoked': { sessionId: string };
  /** What is called outside, such as `resolveOrder`, is left alone, tried again, or well. */
  'breaker.changed': { name: string; state: 'closed' | 'open' | 'half-open' };
}

type Listeners = { [E in keyof DomainEvents]: [DomainEvents[E]] };

/** The typed emitter of domain events. A listener that throws harms nobody but is told to `onError`. */
export class DomainEmitter {
  readonly #emitter = new EventEmitter<Listeners>();
  readonly #onError: (error: unknown, event: keyof DomainEvents) => void;

  constructor(onError: (error: unknown, event: keyof DomainEvents) => void) {
    this.#onError = onError;
  }

  /** Calls `listener` at every such event; the answer stops it. */
  on<E extends keyof DomainEvents>(
    event: E,
    listener: (details: DomainEvents[E]) => void,
  ): () => void {
    const safe = (details: DomainEvents[E]) => {
      try {
        const answer: unknown = listener(details);
        if (answer instanceof Promise) answer.catch((error) => this.#onError(error, event));
      } catch (error) {
        this.#onError(error, event);
      }
    };
    // The cast names what the emitter's generic cannot: one event's listener takes its details.
    const registered = safe as (...args: Listeners[E]) => void;
    this.#emitter.on(event, registered as never);
    return () => this.#emitter.off(event, registered as never);
  }

  emit<E extends keyof DomainEvents>(event: E, details: DomainEvents[E]): void {
    this.#emitter.emit(event, ...([details] as never));
  }
}
