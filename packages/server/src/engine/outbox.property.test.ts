import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftOf } from '../testing/drafts.ts';
import type { Moment } from './clock.ts';
import { type Command, fromDraft } from './command.ts';
import { mark, retry } from './lifecycle.ts';
import { Outbox } from './outbox.ts';

const NOW = 1_800_000_000_000;
const WINDOW = 3;
const RECEIPT_MS = 100;
const OUTCOME_MS = 300;

type Step =
  | { kind: 'add'; slot: number; priority: number }
  | { kind: 'end' | 'receive' | 'fail'; which: number }
  | { kind: 'take' }
  | { kind: 'pass'; ms: number }
  | { kind: 'set'; ms: number };

const which = fc.nat();
const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('add' as const),
      slot: fc.integer({ min: 1, max: 4 }),
      priority: fc.integer({ min: -1, max: 1 }),
    }),
    fc.record({
      kind: fc.constantFrom('end' as const, 'receive' as const, 'fail' as const),
      which,
    }),
    fc.constant({ kind: 'take' as const }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 500 }) }),
    // The clock on the wall is set, by up to three hours.
    fc.record({
      kind: fc.constant('set' as const),
      ms: fc.integer({ min: -10_800_000, max: 10_800_000 }),
    }),
  ),
  { minLength: 10, maxLength: 60, size: 'max' },
);

/** An outbox, the time it lives in, and what is known of it from outside. */
class Bench {
  readonly outbox = new Outbox({
    receiptTimeoutMs: RECEIPT_MS,
    outcomeTimeoutMs: OUTCOME_MS,
    window: WINDOW,
  });
  readonly here: Command[] = [];
  readonly flying = new Set<string>();
  now: Moment = { wall: NOW, ticks: 0 };
  #seq = 0;

  run(step: Step): void {
    if (step.kind === 'add') this.#add(step.slot, step.priority);
    else if (step.kind === 'pass')
      this.now = { wall: this.now.wall + step.ms, ticks: this.now.ticks + step.ms };
    else if (step.kind === 'set') this.now = { ...this.now, wall: this.now.wall + step.ms };
    else if (step.kind !== 'take') this.#tell(step.kind, step.which);
  }

  take(): Command[] {
    const taken = this.outbox.take(this.now);
    for (const { id } of taken) {
      expect(this.flying).not.toContain(id);
      this.flying.add(id);
    }
    return taken;
  }

  #add(slot: number, priority: number): void {
    const id = `c${++this.#seq}`;
    const { wall: now } = this.now;
    const draft = draftOf({ now, id, slot: `slot-${slot}`, priority, expiresAt: now + 86_400_000 });
    const command = fromDraft(draft, this.#seq);
    this.here.push(command);
    this.outbox.add(command, this.now);
  }

  #tell(kind: 'end' | 'receive' | 'fail', which: number): void {
    const index = which % Math.max(1, this.here.length);
    const id = this.here[index]?.id ?? '';
    const command = this.outbox.get(id);
    if (command === undefined) return;
    if (kind === 'end') {
      this.outbox.remove(id);
      this.here.splice(index, 1);
      this.flying.delete(id);
    } else if (this.flying.has(id) && kind === 'receive')
      this.outbox.received(id, command.attempt, this.now);
    else if (this.flying.has(id)) {
      const { attempt } = command;
      const at = this.now.wall;
      const waiting = retry(command, { attempt, at, notBefore: at + 50, error: { code: 'X' } });
      if (waiting) this.outbox.requeue(waiting, this.now);
      this.flying.delete(id);
    }
  }
}

/** Lives through the steps, and looks at what is taken each time that something is. */
function live(all: readonly Step[], look: (taken: Command[], bench: Bench) => void): Bench {
  const bench = new Bench();
  for (const step of all) {
    if (step.kind === 'take') look(bench.take(), bench);
    else bench.run(step);
  }
  return bench;
}

describe('whatever happens to an outbox', () => {
  it('no more is in flight than its window, and of each slot only the first', () => {
    fc.assert(
      fc.property(steps, (all) => {
        live(all, (taken, { here, flying, outbox }) => {
          expect(outbox.inFlight).toBe(flying.size);
          expect(flying.size).toBeLessThanOrEqual(WINDOW);
          for (const { slot, id } of taken)
            expect(here.find((each) => each.slot === slot)?.id).toBe(id);
        });
      }),
    );
  });

  it('what may be sent is sent: something flies, or waits for a moment that comes', () => {
    fc.assert(
      fc.property(steps, (all) => {
        live(all, (_, { here, outbox, now }) => {
          if (here.every(({ expiresAt }) => expiresAt <= now.wall)) return;
          expect(outbox.untilDue(now)).toBeLessThanOrEqual(OUTCOME_MS);
        });
      }),
    );
  });

  it('the higher priority goes first, then what came first', () => {
    fc.assert(
      fc.property(steps, (all) => {
        live(all, (taken) => {
          const sorted = [...taken].sort((a, b) => b.priority - a.priority || a.seq - b.seq);
          expect(taken).toEqual(sorted);
        });
      }),
    );
  });

  it('another connection goes on at once with what was on its way, whatever the clock says', async () => {
    const attempts = fc.integer({ min: 1, max: 3 });
    const jumps = fc.integer({ min: -10_800_000, max: 3_600_000 });
    await fc.assert(
      fc.asyncProperty(attempts, jumps, jumps, async (attempt, before, after) => {
        const draft = draftOf({ now: NOW, id: 'c1', expiresAt: NOW + 86_400_000 });
        const sentAt = NOW + before;
        const news = { id: 'c1', state: 'dispatched', attempt, at: sentAt } as const;
        const sent = mark(fromDraft(draft, 1), news);
        const outbox = new Outbox({ receiptTimeoutMs: 1, outcomeTimeoutMs: 1, window: 1 });
        const now = { wall: sentAt + after, ticks: 0 };
        await outbox.load(
          async () => (sent ? [sent] : []),
          () => now,
        );
        expect(outbox.take(now)).toMatchObject([{ id: 'c1', attempt }]);
      }),
    );
  });

  it('an attempt that the store has as failed is made again, though nobody said so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), async (wait) => {
        const bench = live([{ kind: 'add', slot: 1, priority: 0 }, { kind: 'take' }], () => {});
        const [command] = bench.outbox.commands();
        const failed = { attempt: 1, at: NOW, notBefore: NOW + wait, error: { code: 'X' } };
        const waiting = command && retry(command, failed);
        await bench.outbox.load(
          async () => (waiting ? [waiting] : []),
          () => bench.now,
        );
        bench.run({ kind: 'pass', ms: wait });
        expect(bench.outbox.take(bench.now)).toMatchObject([{ id: 'c1', attempt: 2 }]);
      }),
    );
  });
});
