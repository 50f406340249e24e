import { type Display, RemoteDisplayError, type ScreenView } from '@remote-display/protocol';
import type { Clock } from './engine/clock.ts';
import type { DomainEmitter } from './engine/events.ts';
import type { Screen, ScreenStore } from './store/store.ts';

/** The paired screens: who they are, and whether they are connected here. */
export class Screens {
  readonly #store: ScreenStore;
  readonly #clock: Clock;
  readonly #events: DomainEmitter;
  readonly #online = new Set<string>();
  // Screens known to be paired, so that a trigger need not ask the store.
  readonly #paired = new Set<string>();

  constructor(store: ScreenStore, clock: Clock, events: DomainEmitter) {
    this.#store = store;
    this.#clock = clock;
    this.#events = events;
  }

  /** Throws `SCREEN_NOT_FOUND` unless such a screen was paired. */
  async require(screenId: string): Promise<void> {
    if (!this.#paired.has(screenId)) await this.#find(screenId);
  }

  async view(screenId: string): Promise<ScreenView> {
    return this.#view(await this.#find(screenId));
  }

  /** Screens by id, after `after`. */
  async list(after: string, limit: number): Promise<ScreenView[]> {
    return (await this.#store.list(after, limit)).map((screen) => this.#view(screen));
  }

  /** Changes its name or tags; throws `SCREEN_NOT_FOUND`. */
  async update(
    screenId: string,
    change: { name?: string | undefined; tags?: string[] | undefined },
  ) {
    const screen = await this.#store.update(screenId, change);
    if (screen === undefined) throw new RemoteDisplayError('SCREEN_NOT_FOUND');
    this.#events.emit('screen.updated', { screenId });
    return this.#view(screen);
  }

  /** Ids of the screens with this tag, at most `limit`. */
  tagged(tag: string, limit: number): Promise<string[]> {
    return this.#store.tagged(tag, limit);
  }

  /** It is here; without `displays` those known before stay. */
  async connected(screenId: string, displays?: Display[]): Promise<void> {
    this.#online.add(screenId);
    this.#events.emit('screen.online', { screenId });
    if (displays) await this.displays(screenId, displays);
    else await this.#store.seen(screenId, { at: this.#clock.now() });
  }

  async displays(screenId: string, displays: Display[]): Promise<void> {
    await this.#store.seen(screenId, { at: this.#clock.now(), displays });
    this.#events.emit('screen.displays', { screenId, displays });
  }

  async disconnected(screenId: string): Promise<void> {
    if (!this.#online.delete(screenId)) return;
    this.#events.emit('screen.offline', { screenId });
    await this.#store.seen(screenId, { at: this.#clock.now() });
  }

  async #find(screenId: string): Promise<Screen> {
    const screen = await this.#store.find(screenId);
    if (screen === undefined) throw new RemoteDisplayError('SCREEN_NOT_FOUND');
    this.#paired.add(screenId);
    return screen;
  }

  #view({ screenId, name, pairedAt, lastSeenAt, displays, tags }: Screen): ScreenView {
    const online = this.#online.has(screenId);
    return {
      screenId,
      name,
      online,
      pairedAt,
      ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
      displays,
      tags,
    };
  }
}
