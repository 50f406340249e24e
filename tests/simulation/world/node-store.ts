import { RemoteDisplayError } from '@remote-display/protocol';
import type {
  CommandStore,
  DeadLetterStore,
  News,
  ScreenNews,
} from '../../../packages/server/src/store/store.ts';
import { type Seat, StoreCalls } from './store-calls.ts';
import type { World } from './world.ts';

/** The world's store as one node reaches it. */
export class NodeStore {
  readonly commands: CommandStore;
  readonly deadLetters: DeadLetterStore;
  readonly news: NodeNews | undefined;

  constructor(world: World, seat: Seat) {
    const calls = new StoreCalls(world, seat);
    this.commands = called(world.store.commands, calls);
    this.deadLetters = called(world.store.deadLetters, calls);
    this.news = world.store.news && new NodeNews(world, seat, world.store.news);
  }
}

function called<T extends object>(target: T, calls: StoreCalls): T {
  return new Proxy(target, {
    get(_, name: string) {
      const operation: (...args: unknown[]) => Promise<unknown> = Reflect.get<object, string>(
        target,
        name,
      );
      return (...args: unknown[]) => calls.call(name, () => operation.apply(target, args));
    },
  });
}

/** What a node hears of the others: late, in order, and not at all in a gap. */
class NodeNews implements News {
  readonly #world: World;
  readonly #seat: Seat;
  readonly #source: News;
  readonly #gapListeners = new Set<() => void>();
  #deafUntil = 0;
  #last = 0;

  constructor(world: World, seat: Seat, source: News) {
    this.#world = world;
    this.#seat = seat;
    this.#source = source;
  }

  async subscribe(screenId: string, listener: (news: ScreenNews) => void): Promise<() => void> {
    const { timeline, random, plan } = this.#world;
    const { process } = this.#seat;
    await new Promise<void>((resolve) =>
      process.clock.schedule(random.delay(plan.newsMs), resolve),
    );
    if (timeline.now < this.#world.outageUntil || this.#world.happens(plan.chance.storeFails))
      throw new RemoteDisplayError('STORE_UNAVAILABLE');
    let listening = true;
    const stop = await this.#source.subscribe(screenId, (news) => {
      if (timeline.now < this.#deafUntil) return;
      this.#last = Math.max(this.#last, timeline.now + random.next() * plan.newsMs);
      timeline.schedule(this.#last - timeline.now, () => {
        if (listening && process.alive) listener(news);
      });
    });
    return () => {
      listening = false;
      stop();
    };
  }

  onGap(listener: () => void): () => void {
    this.#gapListeners.add(listener);
    return () => this.#gapListeners.delete(listener);
  }

  /** Nothing is heard for a while; then it is known that something may have been missed. */
  miss(forMs: number): void {
    const { timeline } = this.#world;
    this.#deafUntil = Math.max(this.#deafUntil, timeline.now + forMs);
    const ends = this.#deafUntil;
    this.#seat.process.clock.schedule(ends - timeline.now, () => {
      // Later gaps tell of themselves.
      if (this.#deafUntil === ends) for (const listener of this.#gapListeners) listener();
    });
  }
}
