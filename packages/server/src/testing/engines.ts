import type { CommandEnvelope, Outcome } from '@remote-display/protocol';
import type { DeviceLink, DeviceMemory } from '../engine/device-link.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineOptions } from '../engine/engine-options.ts';
import { DomainEmitter } from '../engine/events.ts';
import { exponentialBackoff } from '../engine/retry-policy.ts';
import type { Store } from '../store/store.ts';
import type { VirtualClock } from './virtual-clock.ts';

let nodes = 0;
let devices = 0;

/** A started engine on a store, under a virtual clock; an error that nobody waits for fails the test. */
export function startEngine(
  store: Store,
  clock: VirtualClock,
  given: Partial<EngineOptions> = {},
): Engine {
  const engine = new Engine({
    commands: store.commands,
    deadLetters: store.deadLetters,
    news: store.news,
    nodeId: `node-${++nodes}`,
    clock,
    events: new DomainEmitter(() => {}),
    retryPolicy: exponentialBackoff(() => 0.5),
    receiptTimeoutMs: 10_000,
    outcomeTimeoutMs: 30_000,
    window: 16,
    outboxLimit: 100,
    waiterLimit: 10,
    retentionMs: 3_600_000,
    maxSettled: 1_000,
    idempotencyMs: 3_600_000,
    deadLetterRetentionMs: 3_600_000,
    maxDeadLetters: 1_000,
    onError: (error) => {
      throw error;
    },
    ...given,
  });
  engine.start();
  return engine;
}

/** A device's end of the wire, as a test plays it. */
export class TestDevice implements DeviceLink {
  readonly got: CommandEnvelope[] = [];
  replaced: 'by itself' | 'by another' | undefined;
  readonly instance: string;
  readonly #engine: Engine;
  readonly #screenId: string;

  constructor(engine: Engine, screenId = 'station-1', instance = `device-${++devices}`) {
    this.#engine = engine;
    this.#screenId = screenId;
    this.instance = instance;
  }

  get gotIds(): string[] {
    return this.got.map(({ id }) => id);
  }

  takenOver(bySameDevice: boolean): void {
    this.replaced = bySameDevice ? 'by itself' : 'by another';
  }

  send(envelopes: CommandEnvelope[]): void {
    this.got.push(...envelopes);
  }

  async connect(memory: DeviceMemory = { held: [], outcomes: [] }): Promise<string[]> {
    const { settled, start } = await this.#engine.connect(this.#screenId, this, memory);
    start();
    return settled;
  }

  receipt(id: string, attempt = 1): Promise<string[]> {
    return this.#engine.report(this.#screenId, this, { receipts: [{ id, attempt }], outcomes: [] });
  }

  outcome(
    id: string,
    state: Outcome['state'],
    attempt = 1,
    code = 'DOCUMENT_UNREACHABLE',
  ): Promise<string[]> {
    const error = state === 'failed' ? { error: { code } } : {};
    return this.#engine.report(this.#screenId, this, {
      receipts: [],
      outcomes: [{ id, attempt, state, ...error }],
    });
  }
}
