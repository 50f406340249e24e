import { MemoryPairings, MemoryScreens, MemorySessions } from './memory/memory-access.ts';
import { MemoryCommands } from './memory/memory-commands.ts';
import type { Store } from './store.ts';

/**
 * Keeps everything in this process and forgets it when the process ends. For tests, and for trying
 * things out: a restart loses every command that has not ended.
 */
export function memoryStore(): Store {
  const commands = new MemoryCommands();
  return {
    open: async () => {},
    close: async () => {},
    check: async () => {},
    commands,
    deadLetters: commands.deadLetters,
    screens: new MemoryScreens(),
    sessions: new MemorySessions(),
    pairings: new MemoryPairings(),
  };
}
