import type { Outcome, Receipt } from '@remote-display/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { Inbox } from './inbox.ts';
import { type InboxStorage, memoryInboxStorage } from './inbox-storage.ts';
import { envelope, NOW } from './testing/envelopes.ts';

let storage: InboxStorage;
let receipts: Receipt[];
let outcomes: Outcome[];
let begun: string[];
let errors: unknown[];
let inbox: Inbox;
/** Ends a command that is at work. */
let finish: Map<string, (outcome?: Partial<Outcome>) => void>;
let interrupted: boolean[];

const settle = () => new Promise((resolve) => setTimeout(resolve));

function open(): Inbox {
  finish = new Map();
  return new Inbox({
    storage,
    serverNow: () => NOW,
    onReceipt: (receipt) => receipts.push(receipt),
    onOutcome: (outcome) => outcomes.push(outcome),
    onError: (error) => errors.push(error),
    run: ({ id, attempt }, context) => {
      begun.push(`${id}#${attempt}`);
      interrupted.push(context.interrupted);
      return new Promise((resolve) => {
        const end = (given: Partial<Outcome> = {}) =>
          resolve({ id, attempt, state: 'shown', ...given });
        finish.set(id, end);
        context.signal.addEventListener('abort', () => end({ state: 'failed' }));
      });
    },
  });
}

beforeEach(() => {
  storage = memoryInboxStorage();
  [receipts, outcomes, begun, errors, interrupted] = [[], [], [], [], []];
  inbox = open();
});

describe('a new command', () => {
  it('is stored, then confirmed, then begun, and its outcome is stored before it is told', async () => {
    const order: string[] = [];
    const { save } = storage;
    storage.save = async (record) => {
      order.push(record.outcome ? 'outcome stored' : 'stored');
      expect(record.outcome ? outcomes : receipts).toEqual([]);
      expect(begun).toEqual(record.outcome ? ['a#1'] : []);
      await save(record);
    };
    await inbox.receive([envelope('a', 1)]);
    expect(receipts).toEqual([{ id: 'a', attempt: 1 }]);
    finish.get('a')?.();
    await settle();
    expect(outcomes).toEqual([{ id: 'a', attempt: 1, state: 'shown' }]);
    expect(order).toEqual(['stored', 'outcome stored']);
  });

  it('that cannot be stored is neither confirmed nor begun, and can come again', async () => {
    const { save } = storage;
    storage.save = () => Promise.reject(new Error('full'));
    await inbox.receive([envelope('a', 1)]);
    expect([receipts, begun, errors.length]).toEqual([[], [], 1]);
    storage.save = save;
    await inbox.receive([envelope('a', 1)]);
    expect([receipts.length, begun]).toEqual([1, ['a#1']]);
  });

  it('that has expired by the server’s clock is never begun', async () => {
    await inbox.receive([envelope('a', 1, { expiresAt: NOW })]);
    expect(begun).toEqual([]);
    expect(outcomes).toMatchObject([{ state: 'failed', error: { code: 'COMMAND_EXPIRED' } }]);
  });
});

describe('a repeated command', () => {
  it('that is at work is confirmed again and not begun again', async () => {
    await inbox.receive([envelope('a', 1)]);
    await inbox.receive([envelope('a', 1, { attempt: 2 })]);
    expect(receipts).toEqual([
      { id: 'a', attempt: 1 },
      { id: 'a', attempt: 2 },
    ]);
    expect(begun).toEqual(['a#1']);
    finish.get('a')?.();
    await settle();
    expect(outcomes).toMatchObject([{ attempt: 2 }]);
  });

  it('that was shown is told again, whatever the attempt, even after it was confirmed', async () => {
    await inbox.receive([envelope('a', 1)]);
    finish.get('a')?.();
    await settle();
    await inbox.confirmed(outcomes);
    await inbox.receive([envelope('a', 1, { attempt: 3 })]);
    expect(begun).toEqual(['a#1']);
    expect(outcomes.map(({ state }) => state)).toEqual(['shown', 'shown']);
  });

  it('that failed is begun again by a higher attempt only', async () => {
    await inbox.receive([envelope('a', 1)]);
    finish.get('a')?.({ state: 'failed' });
    await settle();
    await inbox.receive([envelope('a', 1)]);
    expect(begun).toEqual(['a#1']);
    await inbox.receive([envelope('a', 1, { attempt: 2 })]);
    expect(begun).toEqual(['a#1', 'a#2']);
    // Word about the first attempt does not stop the second.
    await inbox.confirmed([{ id: 'a', attempt: 1, state: 'failed' }]);
    finish.get('a')?.();
    await settle();
    expect(outcomes.at(-1)).toEqual({ id: 'a', attempt: 2, state: 'shown' });
  });
});

describe('a slot', () => {
  it('goes to the newest: the older stops, and its end is not told', async () => {
    await inbox.receive([envelope('a', 1)]);
    await inbox.receive([envelope('b', 2)]);
    finish.get('b')?.();
    await settle();
    expect(begun).toEqual(['a#1', 'b#1']);
    expect(outcomes).toEqual([{ id: 'b', attempt: 1, state: 'shown' }]);
    expect(inbox.memory().held).toEqual([]);
  });

  it('never begins what is older than the latest, across a restart too', async () => {
    await inbox.receive([envelope('b', 2)]);
    await inbox.receive([envelope('a', 1)]);
    expect(begun).toEqual(['b#1']);
    inbox = open();
    await inbox.load();
    await inbox.receive([envelope('a', 1)]);
    expect(begun).toEqual(['b#1']);
  });

  it('answers what is older than the latest, until the server has it, and stores nothing for it', async () => {
    await inbox.receive([envelope('b', 2)]);
    await inbox.receive([envelope('a', 1), envelope('a', 1, { attempt: 2 })]);
    const overtaken = { id: 'a', state: 'failed', error: { code: 'COMMAND_OVERTAKEN' } };
    expect(outcomes).toMatchObject([
      { ...overtaken, attempt: 1 },
      { ...overtaken, attempt: 2 },
    ]);
    expect(receipts).toEqual([{ id: 'b', attempt: 1 }]);
    expect(inbox.memory().outcomes).toMatchObject([{ ...overtaken, attempt: 2 }]);
    expect((await storage.load()).map(({ envelope }) => envelope.id)).toEqual(['b']);
    await inbox.confirmed([{ id: 'a', attempt: 1, state: 'failed' }]);
    expect(inbox.memory().outcomes).toHaveLength(1);
    await inbox.confirmed(inbox.memory().outcomes);
    expect(inbox.memory().outcomes).toEqual([]);
  });

  it('does not go back to a command that it left for a newer one', async () => {
    await inbox.receive([envelope('a', 1)]);
    await inbox.receive([envelope('b', 2)]);
    await inbox.receive([envelope('a', 1), envelope('a', 1, { attempt: 2 })]);
    expect(begun).toEqual(['a#1', 'b#1']);
    expect(outcomes.map(({ id, error }) => [id, error?.code])).toEqual([
      ['a', 'COMMAND_OVERTAKEN'],
      ['a', 'COMMAND_OVERTAKEN'],
    ]);
  });

  it('does not try a failed command again after a newer one', async () => {
    await inbox.receive([envelope('a', 1)]);
    finish.get('a')?.({ state: 'failed' });
    await settle();
    await inbox.receive([envelope('b', 2), envelope('a', 1, { attempt: 2 })]);
    expect(begun).toEqual(['a#1', 'b#1']);
    expect(inbox.memory().outcomes).toMatchObject([
      { id: 'a', attempt: 2, error: { code: 'COMMAND_OVERTAKEN' } },
    ]);
  });

  it('goes on with the newest only, where a restart left two', async () => {
    await storage.save({ envelope: envelope('a', 1), begun: 1 });
    await storage.save({ envelope: envelope('b', 2), begun: 1 });
    await inbox.load();
    await inbox.proceed();
    expect(begun).toEqual(['b#1']);
    expect(inbox.memory().held).toEqual([{ id: 'b', attempt: 1 }]);
  });

  it('begins its next command when the one before has left, and keeps no other slot waiting', async () => {
    let leave = () => {};
    const order: string[] = [];
    inbox = new Inbox({
      storage,
      serverNow: () => NOW,
      onReceipt: ({ id }) => order.push(`receipt ${id}`),
      onOutcome: () => {},
      onError: (error) => errors.push(error),
      run: ({ id, attempt }, { signal }) => {
        order.push(`begin ${id}`);
        return new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            leave = () => {
              order.push(`left ${id}`);
              resolve({ id, attempt, state: 'shown' });
            };
          }),
        );
      },
    });
    await inbox.receive([envelope('a', 1)]);
    await inbox.receive([envelope('b', 2), envelope('c', 3, { slot: 'two' })]);
    await settle();
    expect(order).toEqual(['receipt a', 'begin a', 'receipt b', 'receipt c', 'begin c']);
    leave();
    await settle();
    expect(order.slice(-2)).toEqual(['left a', 'begin b']);
  });

  it('does not wait for another slot', async () => {
    await inbox.receive([envelope('a', 1, { slot: 'one' }), envelope('b', 2, { slot: 'two' })]);
    expect(begun).toEqual(['a#1', 'b#1']);
  });
});

describe('after a restart', () => {
  it('what had begun goes on as interrupted, once the server was asked', async () => {
    await inbox.receive([envelope('a', 1)]);
    inbox = open();
    await inbox.load();
    expect(inbox.memory()).toEqual({ held: [{ id: 'a', attempt: 1 }], outcomes: [] });
    await inbox.proceed();
    expect(begun).toEqual(['a#1', 'a#1']);
    expect(interrupted).toEqual([false, true]);
  });

  it('what ended is told, and what the server has ended is dropped', async () => {
    await inbox.receive([envelope('a', 1, { slot: 'one' }), envelope('b', 2, { slot: 'two' })]);
    finish.get('a')?.();
    await settle();
    inbox = open();
    await inbox.load();
    expect(inbox.memory().outcomes).toEqual([{ id: 'a', attempt: 1, state: 'shown' }]);
    await inbox.confirmed(inbox.memory().outcomes);
    await inbox.dropped(['b']);
    await inbox.proceed();
    expect(begun).toEqual(['a#1', 'b#1']);
    expect(inbox.memory()).toEqual({ held: [], outcomes: [] });
  });

  it('a command that ends its worker each time is given up', async () => {
    await inbox.receive([envelope('a', 1)]);
    for (let crash = 0; crash < 4; crash++) {
      inbox = open();
      await inbox.load();
      await inbox.proceed();
    }
    expect(begun).toHaveLength(4);
    expect(outcomes).toMatchObject([{ state: 'failed', error: { code: 'INTERRUPTED' } }]);
  });
});

describe('a storage that fails', () => {
  it('does not keep an outcome from being told', async () => {
    await inbox.receive([envelope('a', 1)]);
    storage.save = () => Promise.reject(new Error('full'));
    finish.get('a')?.();
    await settle();
    expect(outcomes).toEqual([{ id: 'a', attempt: 1, state: 'shown' }]);
    expect(errors).toHaveLength(1);
    await inbox.proceed();
    expect(begun).toEqual(['a#1']);
  });

  it('does not stop what is at work for a newer command that it cannot keep', async () => {
    const { save } = storage;
    await inbox.receive([envelope('a', 1)]);
    storage.save = () => Promise.reject(new Error('full'));
    await inbox.receive([envelope('b', 2)]);
    storage.save = save;
    finish.get('a')?.();
    await settle();
    expect(outcomes).toEqual([{ id: 'a', attempt: 1, state: 'shown' }]);
  });

  it('is not confirmed, and not gone by, when it cannot be read', async () => {
    storage.load = () => Promise.reject(new Error('locked'));
    await expect(inbox.load()).rejects.toThrow('locked');
  });
});

describe('an inbox that was stopped', () => {
  it('begins nothing and takes nothing until it proceeds, and then each once', async () => {
    const { save } = storage;
    await inbox.receive([envelope('a', 1, { slot: 'one' })]);
    let stored = () => {};
    storage.save = (record) =>
      new Promise((resolve) => {
        stored = () => resolve(save(record));
      });
    const received = inbox.receive([envelope('b', 2, { slot: 'two' }), envelope('c', 3)]);
    await settle();
    inbox.stop();
    stored();
    await received;
    storage.save = save;
    expect(begun).toEqual(['a#1']);
    expect(receipts).toEqual([{ id: 'a', attempt: 1 }]);
    await inbox.load();
    await inbox.proceed();
    await settle();
    expect(begun).toEqual(['a#1', 'a#1', 'b#1']);
    expect(interrupted).toEqual([false, true, true]);
  });

  it('keeps an outcome that it had not stored yet', async () => {
    const { save } = storage;
    await inbox.receive([envelope('a', 1)]);
    let stored = () => {};
    storage.save = (record) =>
      new Promise((resolve) => {
        stored = () => resolve(save(record));
      });
    const received = inbox.receive([envelope('b', 2, { slot: 'two' })]);
    finish.get('a')?.();
    await settle();
    inbox.stop();
    storage.save = save;
    stored();
    await received;
    await inbox.proceed();
    expect(begun).toEqual(['a#1', 'b#1']);
    expect(outcomes).toEqual([{ id: 'a', attempt: 1, state: 'shown' }]);
  });
});

describe('what is remembered', () => {
  it('is bounded, whatever the server confirms', async () => {
    for (let seq = 1; seq <= 1_100; seq++) {
      await inbox.receive([envelope(`c${seq}`, seq)]);
      if (seq % 2) finish.get(`c${seq}`)?.();
    }
    await inbox.confirmed(outcomes);
    expect((await storage.load()).length).toBeLessThanOrEqual(1_001);
  });

  it('is bounded where nothing is ever confirmed: the next command is refused', async () => {
    const commands = Array.from({ length: 1_000 }, (_, n) =>
      envelope(`c${n}`, n + 1, { slot: `${n}` }),
    );
    await inbox.receive(commands);
    await inbox.receive([envelope('more', 2_000, { slot: 'more' })]);
    expect(outcomes).toMatchObject([{ id: 'more', error: { code: 'OVERLOADED' } }]);
    expect(await storage.load()).toHaveLength(1_000);
  });
});

describe('what the server has', () => {
  it('is remembered until it could not be begun any more, and then forgotten', async () => {
    for (const [seq, id] of ['old', 'new', 'last'].entries()) {
      const given = id === 'new' ? {} : { expiresAt: NOW + 1 };
      await inbox.receive([envelope(id, seq + 1, given)]);
      finish.get(id)?.();
      await settle();
    }
    const later = new Inbox({
      storage,
      serverNow: () => NOW + 10,
      run: () => Promise.reject(new Error('nothing is to run')),
      onReceipt: () => {},
      onOutcome: () => {},
      onError: (error) => errors.push(error),
    });
    await later.load();
    await later.confirmed(outcomes);
    expect((await storage.load()).map(({ envelope }) => envelope.id)).toEqual(['new', 'last']);
    expect(errors).toEqual([]);
  });
});
