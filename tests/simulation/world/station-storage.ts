import type { InboxRecord, InboxStorage } from '../../../packages/client/src/inbox-storage.ts';
import type { Process } from './process.ts';
import type { Station } from './station.ts';
import type { World } from './world.ts';

const TYPICAL_MS = 2;

/** A station's storage: it outlives the process, takes its time, and may fail or be lost. */
export class StationStorage {
  readonly #world: World;
  readonly #station: Station;
  readonly #records = new Map<string, InboxRecord>();

  constructor(world: World, station: Station) {
    this.#world = world;
    this.#station = station;
  }

  /** All is lost, as when someone clears the browser's data. */
  wipe(): void {
    this.#records.clear();
    const { name } = this.#station;
    this.#world.history.note({ kind: 'wiped', station: name });
    this.#world.history.fault('device storage lost', name);
  }

  /** As one life of the process reaches it. */
  forLifeOf(process: Process): InboxStorage {
    const storage: InboxStorage = {
      load: () =>
        this.#call(process, () => [...this.#records.values()].map((each) => ({ ...each }))),
      save: (record) => {
        this.#station.mayCrash(record.outcome ? 'before its outcome is stored' : 'before receipt');
        const saved = { ...record };
        return this.#call(process, () => {
          const { id } = saved.envelope;
          const wasShown = this.#records.get(id)?.outcome?.state === 'shown';
          this.#records.set(id, saved);
          if (saved.outcome?.state === 'shown' && !wasShown)
            this.#world.history.note({ kind: 'kept', station: this.#station.name, id });
          this.#station.mayCrash(saved.outcome ? 'before its outcome is sent' : 'after receipt');
        });
      },
      remove: (ids) =>
        this.#call(process, () => {
          for (const id of ids) this.#records.delete(id);
        }),
    };
    return this.#world.bugs.storage(storage);
  }

  #call<T>(process: Process, work: () => T): Promise<T> {
    const { random, plan, history } = this.#world;
    const fails = this.#world.happens(plan.chance.storageFails);
    const after = random.chance(0.5);
    return new Promise((resolve, reject) => {
      process.clock.schedule(random.delay(TYPICAL_MS), () => {
        const result = !fails || after ? work() : undefined;
        // The work itself may have been the process's last.
        if (!process.alive) return;
        if (!fails) return resolve(result as T);
        history.fault(after ? 'device storage error after its effect' : 'device storage error');
        reject(new Error('the device storage failed'));
      });
    });
  }
}
