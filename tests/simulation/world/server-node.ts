import {
  type Farewell,
  RemoteDisplayError,
  type Report,
  type ReportAnswer,
  type ResumeAnswer,
} from '@remote-display/protocol';
import { DeadLetters } from '../../../packages/server/src/engine/dead-letters.ts';
import type { DeviceLink, DeviceMemory } from '../../../packages/server/src/engine/device-link.ts';
import { Engine } from '../../../packages/server/src/engine/engine.ts';
import { DomainEmitter } from '../../../packages/server/src/engine/events.ts';
import { exponentialBackoff } from '../../../packages/server/src/engine/retry-policy.ts';
import type { Line, Message } from './line.ts';
import { NodeStore } from './node-store.ts';
import { Process } from './process.ts';
import type { World } from './world.ts';

/** How long a command in flight is given beyond its time to live. */
export const OUTCOME_TIMEOUT_MS = 30_000;
export const MAX_ATTEMPTS = 4;
export const MAX_UNSETTLED = 1_000;
const RECEIPT_TIMEOUT_MS = 10_000;
// Nothing of a world is forgotten before it is looked at.
const KEEP_MS = 1_000 * 3_600_000;

/** One life of a server process: the real engine, and around it what the gateway does. */
export class ServerNode {
  readonly name: string;
  readonly process: Process;
  readonly engine: Engine;
  readonly deadLetters: DeadLetters;
  readonly #world: World;
  readonly #store: NodeStore;
  readonly #lines = new Set<Line>();
  // The newest line of each screen.
  readonly #current = new Map<string, { line: Line; instance: string }>();
  #connects = 0;
  #reach = Infinity;

  constructor(world: World, name: string) {
    this.#world = world;
    this.name = name;
    this.process = new Process(world.timeline, () => world.serverWall());
    const { clock } = this.process;
    this.#store = new NodeStore(world, this);
    const events = new DomainEmitter(() => {});
    for (const event of ['command.accepted', 'command.settled', 'command.dispatched'] as const)
      events.on(event, () => {
        if (world.happens(0.02)) throw new Error('a listener of the integrator threw');
      });
    this.engine = new Engine({
      commands: this.#store.commands,
      deadLetters: this.#store.deadLetters,
      news: this.#store.news,
      clock,
      events,
      retryPolicy: exponentialBackoff(() => world.random.next(), { maxAttempts: MAX_ATTEMPTS }),
      nodeId: name,
      receiptTimeoutMs: RECEIPT_TIMEOUT_MS,
      outcomeTimeoutMs: OUTCOME_TIMEOUT_MS,
      window: 16,
      outboxLimit: 1_000,
      waiterLimit: 10_000,
      retentionMs: KEEP_MS,
      idempotencyMs: KEEP_MS,
      maxSettled: 100_000,
      deadLetterRetentionMs: KEEP_MS,
      maxDeadLetters: 100_000,
      onError: (error) => world.expect(error),
    });
    this.deadLetters = new DeadLetters({
      engine: this.engine,
      store: this.#store.deadLetters,
      newId: () => world.newId(),
      clock,
      maxUnsettled: MAX_UNSETTLED,
    });
    this.engine.start();
    world.history.note({ kind: 'nodeUp', node: name });
  }

  get reach(): number {
    return this.#reach;
  }

  /** The process is gone at once; what it had sent to the store may still arrive. */
  crash(silently = false): void {
    if (!this.process.alive) return;
    const { timeline, random, plan, history } = this.#world;
    this.process.kill();
    this.#reach = timeline.now + random.next() * 2 * plan.storeMs;
    history.note({ kind: 'nodeDown', node: this.name, how: 'crashed' });
    for (const line of this.#lines) {
      if (silently) line.vanish('server');
      else line.close('server');
    }
    this.#world.onNodeDown(this);
  }

  /** It is asked to leave: finishes what is under way, sends everyone away, and lets go. */
  async leave(): Promise<void> {
    await this.engine.drain(5_000);
    for (const line of [...this.#lines]) this.#dismiss(line, 'SERVER_DRAINING');
    await this.engine.stop();
    if (!this.process.alive) return;
    this.process.kill();
    this.#reach = this.#world.timeline.now;
    this.#world.history.note({ kind: 'nodeDown', node: this.name, how: 'drained' });
    this.#world.onNodeDown(this);
  }

  missNews(forMs: number): void {
    this.#store.news?.miss(forMs);
  }

  /** A device has connected: what `gateway/devices.ts` does. */
  serve(line: Line, screenId: string, instance: string): void {
    let holder = '';
    const link: DeviceLink = {
      instance,
      send: (envelopes) => {
        for (const { id, attempt, expiresAt, sentAt } of envelopes) {
          const late = sentAt - expiresAt;
          this.#world.history.note({ kind: 'sent', screenId, holder, id, attempt, late });
        }
        line.send('server', { kind: 'commands', envelopes: this.#world.bugs.envelopes(envelopes) });
      },
      takenOver: (bySameDevice) => this.#dismiss(line, farewellTo(bySameDevice)),
    };
    this.#lines.add(line);
    const older = this.#current.get(screenId);
    this.#current.set(screenId, { line, instance });
    if (older) this.#dismiss(older.line, farewellTo(older.instance === instance));
    const resume = async (memory: DeviceMemory): Promise<ResumeAnswer> => {
      holder = `${this.name}.${++this.#connects}~${instance}`;
      const { settled, start } = await this.engine.connect(screenId, link, memory);
      const { clock } = this.process;
      clock.schedule(0, start);
      return { settled, serverTime: clock.now() };
    };
    const report = async (body: Report): Promise<ReportAnswer> => ({
      settled: await this.engine.report(screenId, link, body),
    });
    line.attach('server', {
      message: (message) => {
        if (message.kind !== 'ask' || !this.process.alive) return;
        const work =
          message.event === 'resume'
            ? resume(message.body as DeviceMemory)
            : report(message.body as Report);
        void this.#answer(line, message, work);
      },
      closed: () => {
        this.#lines.delete(line);
        if (!this.process.alive) return;
        this.engine.disconnect(screenId, link);
        if (this.#current.get(screenId)?.line === line) this.#current.delete(screenId);
      },
    });
  }

  async #answer(
    line: Line,
    { ask }: Extract<Message, { kind: 'ask' }>,
    work: Promise<ResumeAnswer | ReportAnswer>,
  ): Promise<void> {
    const answer = await work.catch((error: unknown) => {
      this.#world.expect(error);
      return { error: RemoteDisplayError.wrap(error).toJSON() };
    });
    line.send('server', { kind: 'answer', ask, answer });
  }

  #dismiss(line: Line, code: Farewell['code']): void {
    line.send('server', { kind: 'farewell', code });
    line.close('server');
  }
}

function farewellTo(bySameDevice: boolean): Farewell['code'] {
  return bySameDevice ? 'CONNECTION_REPLACED' : 'SCREEN_TAKEN_OVER';
}
