import type { CommandEnvelope, Outcome } from '@remote-display/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { Inbox } from './inbox.ts';
import { type InboxStorage, memoryInboxStorage } from './inbox-storage.ts';
import { envelope, NOW } from './testing/envelopes.ts';

let memory: InboxStorage;
/** The server's time. */
let now: number;
/** How many records fit. */
let room: number;
let errors: unknown[];
let begun: string[];
let interrupted: boolean[];
let outcomes: Outcome[];
let inbox: Inbox;

const stored = async () => (await memory.load()).map(({ envelope }) => envelope.id);

function open(): Inbox {
  return new Inbox({
    storage: {
      ...memory,
      save: async (record) => {
        const ids = await stored();
        if (!ids.includes(record.envelope.id) && ids.length >= room) throw new Error('full');
        await memory.save(record);
      },
    },
    serverNow: () => now,
    run: async ({ id, attempt }, context) => {
      begun.push(id);
      interrupted.push(context.interrupted);
      return { id, attempt, state: 'shown' };
    },
    onReceipt: () => {},
    onOutcome: (outcome) => outcomes.push(outcome),
    onError: (error) => errors.push(error),
  });
}

beforeEach(() => {
  memory = memoryInboxStorage();
  now = NOW;
  room = Infinity;
  [errors, begun, interrupted, outcomes] = [[], [], [], []];
  inbox = open();
});

const settle = () => new Promise((resolve) => setTimeout(resolve));

async function showAll(commands: CommandEnvelope[]): Promise<void> {
  for (const each of commands) {
    await inbox.receive([each]);
    await settle();
  }
}

describe('a storage that is full', () => {
  it('is emptied of what is settled, and takes the next command', async () => {
    room = 3;
    await showAll([envelope('a', 1), envelope('b', 2), envelope('c', 3)]);
    await inbox.confirmed(outcomes);
    await showAll([envelope('d', 4)]);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    // The latest that was shown in the slot stays.
    expect(await stored()).toEqual(['c', 'd']);
    expect(errors).toHaveLength(1);
  });

  it('keeps the order of its slot, across a restart too', async () => {
    room = 2;
    await showAll([envelope('a', 1), envelope('b', 2)]);
    await inbox.confirmed(outcomes);
    await showAll([envelope('c', 3, { slot: 'two' })]);
    inbox = open();
    await inbox.load();
    await showAll([envelope('a', 1), envelope('b', 2)]);
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('is emptied of nothing of which the server has not the end', async () => {
    room = 2;
    await showAll([envelope('a', 1), envelope('b', 2), envelope('c', 3)]);
    expect(begun).toEqual(['a', 'b']);
    expect(inbox.memory().outcomes.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await stored()).toEqual(['a', 'b']);
  });
});

describe('a command that seemed to have expired', () => {
  it('is begun when the server, whose time was set back, sends it again', async () => {
    await inbox.receive([envelope('a', 1, { expiresAt: NOW })]);
    expect(outcomes).toMatchObject([{ attempt: 1, error: { code: 'COMMAND_EXPIRED' } }]);
    await inbox.confirmed(outcomes);
    now = NOW - 20_000;
    await showAll([envelope('a', 1, { expiresAt: NOW, attempt: 2 })]);
    expect(outcomes.at(-1)).toEqual({ id: 'a', attempt: 2, state: 'shown' });
    expect(interrupted).toEqual([false]);
  });
});

describe('a command that expired while nobody was at it', () => {
  it('is looked for first when it is tried again: it may have been shown before', async () => {
    await memory.save({ envelope: envelope('a', 1, { expiresAt: NOW }), begun: 1 });
    await inbox.load();
    await inbox.proceed();
    await inbox.confirmed(outcomes);
    now = NOW - 20_000;
    await showAll([envelope('a', 1, { expiresAt: NOW, attempt: 2 })]);
    expect(outcomes.map(({ state }) => state)).toEqual(['failed', 'shown']);
    expect(interrupted).toEqual([true]);
  });
});

describe('a command that the server could not be told about', () => {
  const beyond = { attempt: 1_001 };

  it('is not taken, and keeps nothing else back', async () => {
    await inbox.receive([envelope('a', 1, beyond), envelope('b', 2, { slot: 'two' })]);
    expect(
      inbox
        .memory()
        .held.concat(outcomes)
        .map(({ id }) => id),
    ).not.toContain('a');
    expect(begun).toEqual(['b']);
    expect(errors).toMatchObject([{ code: 'INVALID_REQUEST', detail: 'attempt 1001 of a' }]);
  });

  it('is not taken from the storage either', async () => {
    const outcome: Outcome = { id: 'a', attempt: 1_001, state: 'shown' };
    await memory.save({ envelope: envelope('a', 1, beyond), begun: 1, outcome });
    await memory.save({ envelope: envelope('b', 2, { slot: 'two' }), begun: 1 });
    await inbox.load();
    expect(inbox.memory()).toEqual({ held: [{ id: 'b', attempt: 1 }], outcomes: [] });
    expect(errors).toHaveLength(1);
  });
});
