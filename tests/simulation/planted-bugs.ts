import type { CommandEnvelope } from '@remote-display/protocol';
import type { CommandDraft } from '../../packages/server/src/engine/command.ts';
import type { Bugs } from './world/bugs.ts';
import { overlaid } from './world/observed-store.ts';

const HOUR_MS = 3_600_000;

/** Bugs as someone could make them, each between two parts that are right. */
export const PLANTED: Record<string, Partial<Bugs>> = {
  /** The store says that it has an end, and has not. */
  'a settle is dropped': {
    commands: (real) => {
      let settles = 0;
      return overlaid(real, {
        settle: async (id, settlement) => {
          if (++settles % 5 !== 0) return real.settle(id, settlement);
          const command = await real.find(id);
          return { moved: false, command: command && { ...command, state: settlement.state } };
        },
      });
    },
  },
  /** The store does not know a key again. */
  'a dedupe is forgotten': {
    commands: (real) =>
      overlaid(real, {
        accept: (draft: CommandDraft) => real.accept({ ...draft, keys: [`${draft.id}`] }),
      }),
  },
  /** What is first in its slot is sent after what is second. */
  'an order is swapped': {
    commands: (real) => {
      const reversed = <T extends { seq: number }>(commands: T[]): T[] =>
        commands.map((command, n) => ({
          ...command,
          seq: commands.at(-1 - n)?.seq ?? command.seq,
        }));
      return overlaid(real, {
        hold: async (...args) => reversed(await real.hold(...args)),
        outbox: async (...args) => reversed(await real.outbox(...args)),
      });
    },
  },
  /** The device forgets that it has shown something, and does not look. */
  'something is shown twice': {
    storage: (real) => ({
      ...real,
      save: ({ outcome, ...record }) => real.save({ ...record, begun: 0 }),
    }),
  },
  /** The device says shown where its handler failed. */
  'shown is told untruly': {
    run: (real) => async (command, context) => {
      const { error, ...outcome } = await real(command, context);
      return { ...outcome, state: 'shown' };
    },
  },
  /** The device is given an hour more than there is. */
  'something runs after its time': {
    envelopes: (real: CommandEnvelope[]) =>
      real.map((envelope) => ({ ...envelope, expiresAt: envelope.expiresAt + HOUR_MS })),
  },
};
