import type { CommandEnvelope } from '@remote-display/protocol';
import { commandRunner } from '../../../packages/client/src/run-command.ts';
import { DeviceClient } from './device-client.ts';
import { Glass } from './glass.ts';
import { navigateOn } from './navigate.ts';
import { Process } from './process.ts';
import { StationStorage } from './station-storage.ts';
import type { World } from './world.ts';

const HANDLER_TIMEOUT_MS = 25_000;
const RESTART_MS = 3_000;

/** One PC with its displays: what outlives its process, and the lives of that. */
export class Station {
  readonly name: string;
  readonly screenId: string;
  readonly glass: Glass;
  readonly storage: StationStorage;
  readonly #world: World;
  #wallOffset: number;
  #process: Process;
  #client: DeviceClient | undefined;
  #stopped = false;

  constructor(world: World, name: string, screenId: string) {
    this.#world = world;
    this.name = name;
    this.screenId = screenId;
    this.glass = new Glass(world.history, name);
    this.storage = new StationStorage(world, this);
    // The clock of a device may be hours off.
    this.#wallOffset = world.random.between(-3, 3) * 3_600_000;
    this.#process = this.#newProcess();
  }

  get process(): Process {
    return this.#process;
  }

  get client(): DeviceClient | undefined {
    return this.#client;
  }

  /** Another of the same screen has come, and it was told so. */
  get stopped(): boolean {
    return this.#stopped;
  }

  start(): void {
    const world = this.#world;
    const process = this.#newProcess();
    this.#process = process;
    const handler = navigateOn(this.glass, { world, station: this, process });
    const client = new DeviceClient({
      world,
      process,
      storage: this.storage.forLifeOf(process),
      run: world.bugs.run(
        commandRunner({ navigate: handler }, HANDLER_TIMEOUT_MS, process.clock),
        this,
      ),
      onTakenOver: () => {
        this.#stopped = true;
        world.history.note({ kind: 'stopped', station: this.name });
      },
    });
    this.#client = client;
    client.start();
  }

  /** The process ends at once, and another is started a while later. */
  crash(when: string): void {
    if (!this.#process.alive || this.#stopped) return;
    const { random, history, timeline } = this.#world;
    history.fault(`device crash ${when}`, this.name);
    this.#process.kill();
    const line = this.#client?.line;
    if (random.chance(0.7)) line?.close('device');
    else line?.vanish('device');
    if (random.chance(0.2)) this.glass.goDark();
    if (random.chance(0.1)) this.storage.wipe();
    this.#client = undefined;
    timeline.schedule(random.next() * RESTART_MS, () => this.start());
  }

  /** Whether the device crashes at this very point. */
  mayCrash(when: string): void {
    if (this.#world.happens(this.#world.plan.chance.deviceCrash)) this.crash(when);
  }

  setClock(byMs: number): void {
    this.#wallOffset += byMs;
  }

  noteBegun({ id, attempt }: CommandEnvelope): void {
    const { history } = this.#world;
    const wall = this.#world.serverWall();
    const uncertainty = this.#client?.uncertainty ?? Infinity;
    history.note({ kind: 'begun', station: this.name, id, attempt, wall, uncertainty });
  }

  #newProcess(): Process {
    const { timeline } = this.#world;
    return new Process(timeline, () => this.#world.trueWall() + this.#wallOffset);
  }
}
