import { isSettled } from '@remote-display/protocol';
import type { Command } from '../../../packages/server/src/engine/command.ts';
import type { CommandStore } from '../../../packages/server/src/store/store.ts';
import type { History } from './history.ts';

/** The store as it is, and a note in the history of everything that it decides. */
export function observedCommands(commands: CommandStore, history: History): CommandStore {
  const noteEnd = (command: Command) => {
    const { id, state } = command;
    if (isSettled(state))
      history.note({ kind: 'ended', id, state, record: JSON.stringify(command) });
  };
  const overlay: Partial<CommandStore> = {
    async accept(draft) {
      const acceptance = await commands.accept(draft);
      if (acceptance.kind === 'accepted') {
        const { id, seq, screenId } = acceptance.command;
        const { keys, fingerprint: body } = draft;
        const slot = `${screenId} ${draft.slot}`;
        for (const older of acceptance.superseded) noteEnd(older);
        history.note({ kind: 'stored', id, key: keys[0] ?? '', body, seq, slot });
      }
      return acceptance;
    },
    async hold(screenId, holder, limit) {
      const open = await commands.hold(screenId, holder, limit);
      history.note({ kind: 'held', screenId, holder });
      return open;
    },
    async settle(id, settlement) {
      const result = await commands.settle(id, settlement);
      if (result.moved && result.command) noteEnd(result.command);
      return result;
    },
    async expire(now, graceMs, limit) {
      const expired = await commands.expire(now, graceMs, limit);
      for (const command of expired) noteEnd(command);
      return expired;
    },
  };
  return overlaid(commands, overlay);
}

/** A store of which some operations are others. */
export function overlaid(commands: CommandStore, overlay: Partial<CommandStore>): CommandStore {
  return new Proxy(commands, {
    get(target, name: keyof CommandStore) {
      return overlay[name] ?? target[name].bind(target);
    },
  });
}
