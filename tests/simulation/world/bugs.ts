import type { CommandEnvelope } from '@remote-display/protocol';
import type { InboxStorage } from '../../../packages/client/src/inbox-storage.ts';
import type { RunCommand } from '../../../packages/client/src/run-command.ts';
import type { CommandStore } from '../../../packages/server/src/store/store.ts';
import type { Station } from './station.ts';

/** Where a test can put itself between the parts of a world, to break it on purpose. */
export interface Bugs {
  commands(real: CommandStore): CommandStore;
  envelopes(real: CommandEnvelope[]): CommandEnvelope[];
  storage(real: InboxStorage): InboxStorage;
  run(real: RunCommand, station: Station): RunCommand;
}

export const NO_BUGS: Bugs = {
  commands: (real) => real,
  envelopes: (real) => real,
  storage: (real) => real,
  run: (real) => real,
};
