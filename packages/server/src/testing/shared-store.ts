import type { CommandStore, News, ScreenNews, Store } from '../store/store.ts';

type Listener = (news: ScreenNews) => void;

/** How news travel: told at once unless a test says otherwise. */
export interface NewsWire {
  deliver(tell: () => void): void;
}

/**
 * A store of one process as several nodes would share it: what one does to a screen's commands,
 * the others hear.
 */
export function sharedStore(store: Store, wire: NewsWire = { deliver: (tell) => tell() }): Store {
  const listeners = new Map<string, Set<Listener>>();
  const publish = (screenId: string, each: ScreenNews) => {
    for (const listener of listeners.get(screenId) ?? []) wire.deliver(() => listener(each));
  };
  const { commands } = store;
  const overlay: Partial<CommandStore> = {
    async accept(draft) {
      const acceptance = await commands.accept(draft);
      if (acceptance.kind === 'accepted') {
        const { command, superseded } = acceptance;
        const ids = superseded.map(({ id }) => id);
        publish(draft.screenId, { kind: 'accepted', command, superseded: ids });
      }
      return acceptance;
    },
    async hold(screenId, holder, limit) {
      const open = await commands.hold(screenId, holder, limit);
      publish(screenId, { kind: 'held', holder });
      return open;
    },
    async settle(id, settlement) {
      const result = await commands.settle(id, settlement);
      if (result.moved && result.command) publish(result.command.screenId, { kind: 'settled', id });
      return result;
    },
    async expire(now, graceMs, limit) {
      const expired = await commands.expire(now, graceMs, limit);
      for (const { id, screenId } of expired) publish(screenId, { kind: 'settled', id });
      return expired;
    },
  };
  const news: News = {
    async subscribe(screenId, listener) {
      const own: Listener = (each) => listener(each);
      const all = listeners.get(screenId) ?? new Set();
      listeners.set(screenId, all.add(own));
      return () => {
        all.delete(own);
        if (all.size === 0) listeners.delete(screenId);
      };
    },
    onGap: () => () => {},
  };
  const shared = new Proxy(commands, {
    get(target, name: keyof CommandStore) {
      return overlay[name] ?? target[name].bind(target);
    },
  });
  return { ...store, commands: shared, news };
}
