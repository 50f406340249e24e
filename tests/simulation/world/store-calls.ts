import { RemoteDisplayError } from '@remote-display/protocol';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** Who calls the store, as far as a call can end it. */
export interface Seat {
  readonly process: Process;
  crash(): void;
  /** What was on its way when the process died still gets there until this moment. */
  readonly reach: number;
}

// These the store does in the order in which they were asked, whatever else it does meanwhile.
const IN_ORDER = ['mark', 'hold'];
const SLOW_MS = 3_000;

/**
 * One node's way to the store: each call takes effect at some moment, at once and as a whole, and
 * is answered at a later one. On the way it may fail, before or after its effect, and take its node
 * with it.
 */
export class StoreCalls {
  readonly #world: World;
  readonly #seat: Seat;
  #earliest = 0;
  #lastAnswer = 0;

  constructor(world: World, seat: Seat) {
    this.#world = world;
    this.#seat = seat;
  }

  call<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { world, seat } = { world: this.#world, seat: this.#seat };
    const { timeline, history, plan } = world;
    const never = new Promise<T>(() => {});
    if (!seat.process.alive) return never;
    const crash = (when: string) => {
      history.fault(`server crash ${when} a store call`, name);
      seat.crash();
    };
    if (world.happens(plan.chance.crashInStore / 2)) {
      crash('before');
      return never;
    }
    const crashesAfter = world.happens(plan.chance.crashInStore / 2);
    const fails = this.#fails(name);
    const failsAfter = !fails && this.#failsAfter(name);
    return new Promise<T>((resolve, reject) => {
      const answer = (settle: () => void) =>
        timeline.schedule(this.#answerAt() - timeline.now, () => {
          if (seat.process.alive) settle();
        });
      const refuse = () => answer(() => reject(new RemoteDisplayError('STORE_UNAVAILABLE')));
      timeline.schedule(this.#effectAt(name) - timeline.now, async () => {
        if (!seat.process.alive && timeline.now > seat.reach) return;
        if (fails) return void refuse();
        try {
          const result = await work();
          if (crashesAfter && seat.process.alive) crash('after');
          if (failsAfter) refuse();
          else answer(() => resolve(result));
        } catch (error) {
          answer(() => reject(error));
        }
      });
    });
  }

  #effectAt(name: string): number {
    const { timeline, plan, random, history } = this.#world;
    let latency = random.delay(plan.storeMs);
    if (this.#world.happens(plan.chance.storeSlow)) {
      history.fault('slow store', name);
      latency += random.next() * SLOW_MS;
    }
    const at = Math.max(this.#earliest, timeline.now + latency);
    if (!plan.unordered || IN_ORDER.includes(name)) this.#earliest = at;
    this.#world.noteStoreTook(at - timeline.now);
    return at;
  }

  #answerAt(): number {
    const { timeline, plan, random } = this.#world;
    const at = timeline.now + random.delay(plan.storeMs);
    if (plan.unordered) return at;
    this.#lastAnswer = Math.max(this.#lastAnswer, at);
    return this.#lastAnswer;
  }

  #fails(name: string): boolean {
    const { timeline, plan, history, outageUntil } = this.#world;
    if (timeline.now < outageUntil) return true;
    if (!this.#world.happens(plan.chance.storeFails)) return false;
    history.fault('store error without effect', name);
    return true;
  }

  #failsAfter(name: string): boolean {
    if (!this.#world.happens(this.#world.plan.chance.storeFailsAfter)) return false;
    this.#world.history.fault('store error after its effect', name);
    return true;
  }
}
