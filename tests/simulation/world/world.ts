import { RemoteDisplayError } from '@remote-display/protocol';
import { memoryStore } from '../../../packages/server/src/store/memory-store.ts';
import type { Store } from '../../../packages/server/src/store/store.ts';
import { sharedStore } from '../../../packages/server/src/testing/shared-store.ts';
import { type Bugs, NO_BUGS } from './bugs.ts';
import { History } from './history.ts';
import { Line } from './line.ts';
import { observedCommands } from './observed-store.ts';
import { type Plan, planFrom } from './plan.ts';
import type { Process } from './process.ts';
import { Random } from './random.ts';
import { ServerNode } from './server-node.ts';
import { Station } from './station.ts';
import { Timeline } from './timeline.ts';

export interface WorldOptions {
  seed: number;
  bugs?: Partial<Bugs>;
  trace?: (line: string) => void;
}

/** Whoever wants a line to the server. */
export interface Caller {
  onUp(line: Line): void;
  onRefused(): void;
}

const BEGINS = 1_800_000_000_000;
const RESTART_MS = 3_000;
// The errors that faults make; any other is a surprise.
const EXPECTED = [
  'STORE_UNAVAILABLE',
  'SCREEN_TAKEN_OVER',
  'SERVER_DRAINING',
  'IDEMPOTENCY_CONFLICT',
  'COMMAND_NOT_FOUND',
  'COMMAND_NOT_CANCELLABLE',
];

/** Everything that there is for one seed: time, chance, one store, nodes, lines and stations. */
export class World {
  readonly seed: number;
  readonly random: Random;
  readonly plan: Plan;
  readonly timeline = new Timeline();
  readonly history: History;
  readonly bugs: Bugs;
  /** What all nodes share; it survives everything. */
  readonly store: Store;
  readonly stations: Station[] = [];
  readonly #nodes: ServerNode[] = [];
  #outageUntil = 0;
  #slowestStoreMs = 0;
  #wallOffset = 0;
  #calm = false;
  #ids = 0;
  #lives = 0;

  constructor({ seed, bugs, trace }: WorldOptions) {
    this.seed = seed;
    this.random = new Random(seed);
    this.plan = planFrom(this.random);
    this.history = new History(() => this.timeline.now, trace);
    this.bugs = { ...NO_BUGS, ...bugs };
    const memory = memoryStore();
    const commands = observedCommands(this.bugs.commands(memory.commands), this.history);
    const store = { ...memory, commands };
    this.store = this.plan.news ? sharedStore(store) : store;
    for (let n = 0; n < this.plan.nodes; n++) this.#startNode();
    for (let n = 1; n <= this.plan.screens; n++) this.#startStation(`pc-${n}`, `screen-${n}`);
    if (this.plan.twin) {
      const wait = this.random.next() * this.plan.spanMs;
      this.timeline.schedule(wait, () => this.#startStation('pc-1-twin', 'screen-1'));
    }
  }

  /** Whether something with this probability happens now; nothing does once faults are over. */
  happens(probability: number): boolean {
    return !this.#calm && probability > 0 && this.random.chance(probability);
  }

  /** From here on nothing goes wrong any more. */
  calm(): void {
    this.#calm = true;
    this.#outageUntil = 0;
  }

  get isCalm(): boolean {
    return this.#calm;
  }

  newId(): string {
    return `command-${++this.#ids}`;
  }

  /** ms since 1970 if nobody had ever set a clock. */
  trueWall(): number {
    return BEGINS + this.timeline.now;
  }

  /** ms since 1970 by the clock of the servers, which is the same for all of them. */
  serverWall(): number {
    return this.trueWall() + this.#wallOffset;
  }

  setServerClock(byMs: number): void {
    this.#wallOffset += byMs;
    this.history.note({ kind: 'jumped', byMs });
  }

  /** The longest that any call waited for its effect. */
  get slowestStoreMs(): number {
    return this.#slowestStoreMs;
  }

  noteStoreTook(ms: number): void {
    this.#slowestStoreMs = Math.max(this.#slowestStoreMs, ms);
  }

  get outageUntil(): number {
    return this.#outageUntil;
  }

  endReach(forMs: number): void {
    this.#outageUntil = this.timeline.now + forMs;
    this.history.note({ kind: 'outage', forMs });
  }

  /** The nodes that are up. */
  get nodes(): readonly ServerNode[] {
    return this.#nodes;
  }

  onNodeDown(node: ServerNode): void {
    this.#nodes.splice(this.#nodes.indexOf(node), 1);
    this.timeline.schedule(this.random.next() * RESTART_MS, () => this.#startNode());
  }

  /** A device looks for a server: whichever answers first. */
  dial(process: Process, caller: Caller): void {
    const { random, plan } = this;
    process.clock.schedule(random.delay(plan.wireMs), () => {
      const node = this.#nodes.length > 0 ? random.pick(this.#nodes) : undefined;
      const station = this.stations.find((each) => each.process === process);
      if (!node || !station || node.engine.draining) return caller.onRefused();
      const line = new Line(this);
      node.serve(line, station.screenId, station.name);
      caller.onUp(line);
    });
  }

  /** An error that someone was told: it must be one that the faults explain. */
  expect(error: unknown): void {
    const { code } = RemoteDisplayError.wrap(error);
    this.history.remark(() => `error ${code}`);
    const isInjected = error instanceof Error && error.message === 'the device storage failed';
    if (isInjected || EXPECTED.includes(code)) return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.history.note({ kind: 'surprise', text });
  }

  #startNode(): void {
    this.#nodes.push(new ServerNode(this, `node-${++this.#lives}`));
  }

  #startStation(name: string, screenId: string): void {
    const station = new Station(this, name, screenId);
    this.stations.push(station);
    station.start();
  }
}
