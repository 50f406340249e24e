import type { CommandEnvelope, Outcome } from '@remote-display/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Inbox } from './inbox.ts';
import type { InboxRecord } from './inbox-storage.ts';
import { envelope, NOW } from './testing/envelopes.ts';

// What can happen to an inbox, in any order. `pick` chooses among the commands sent so far.
const pick = fc.nat({ max: 30 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('send' as const), slot: fc.nat({ max: 2 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('repeat' as const), pick, next: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('finish' as const), pick, shown: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('confirm' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('fail' as const), calls: fc.nat({ max: 3 }) }),
  },
  // Time for what was begun to go on: without it, one thing falls into the other.
  { weight: 3, arbitrary: fc.record({ do: fc.constant('rest' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

// As many turns as anything here can take that needs no time.
async function rest(turns = 200): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}
const clone = <T>(value: T): T => structuredClone(value);

/** A device with its server's view of it: whatever it does is checked as it does it. */
class Device {
  readonly stored = new Map<string, InboxRecord>();
  readonly sent: CommandEnvelope[] = [];
  readonly answers = new Map<string, number>();
  readonly #finish = new Map<string, (shown: boolean) => void>();
  readonly #working = new Map<string, string>();
  readonly #begunSeq = new Map<string, number>();
  /** The news of each command that the device has told and the server has not confirmed. */
  readonly untold = new Map<string, Outcome>();
  /** Commands whose end was told in this life of the device. */
  readonly #shownHere = new Set<string>();
  readonly #unstored = new Set<string>();
  /** Commands whose end the device knows that the server has. */
  readonly #settled = new Set<string>();
  readonly #violations: unknown[] = [];
  #failing = 0;
  #life = 0;
  inbox!: Inbox;

  constructor() {
    this.#start();
  }

  async do(step: Step): Promise<void> {
    const chosen = 'pick' in step ? this.sent[step.pick % (this.sent.length || 1)] : undefined;
    switch (step.do) {
      case 'send': {
        const seq = this.sent.length + 1;
        const command = envelope(`c${seq}`, seq, { slot: `slot ${step.slot}` });
        this.sent.push(command);
        void this.inbox.receive([command]);
        break;
      }
      case 'repeat':
        if (chosen && step.next) chosen.attempt++;
        if (chosen) void this.inbox.receive([clone(chosen)]);
        break;
      case 'finish':
        if (chosen) this.#finish.get(chosen.id)?.(step.shown);
        break;
      case 'confirm': {
        const outcome = chosen && this.untold.get(chosen.id);
        if (outcome) {
          void this.inbox.confirmed([outcome]).then(() => {
            if (this.untold.get(outcome.id)?.attempt === outcome.attempt)
              this.#noteSettled(outcome.id);
          });
        }
        break;
      }
      case 'drop':
        if (chosen) void this.inbox.dropped([chosen.id]).then(() => this.#noteSettled(chosen.id));
        break;
      case 'restart':
        await this.restart();
        break;
      case 'stop':
        this.inbox.stop();
        await this.inbox.load().catch(() => {});
        void this.inbox.proceed();
        break;
      case 'fail':
        this.#failing = step.calls;
        break;
      case 'rest':
        await rest();
    }
  }

  /** The process ends in the middle of whatever it was doing, and begins anew with what is stored. */
  async restart(): Promise<void> {
    this.#start();
    this.#failing = 0;
    await this.inbox.load();
    // What could not be stored is forgotten; the server then asks for it again.
    for (const id of this.#unstored) this.untold.delete(id);
    this.#unstored.clear();
    this.#settled.clear();
    for (const [id, { settled }] of this.stored) if (settled) this.#noteSettled(id);
    for (const [id, { error }] of this.untold) if (isRefusal(error?.code)) this.untold.delete(id);
    void this.inbox.proceed();
  }

  /** Everything comes to its end with a storage that works. */
  async end(): Promise<void> {
    this.#failing = 0;
    await rest();
    await this.inbox.proceed();
    await rest();
    expect(this.inbox.memory().outcomes.map(key)).toEqual(
      expect.arrayContaining([...this.untold.values()].map(key)),
    );
    for (const command of this.sent) {
      const before = this.answers.get(command.id) ?? 0;
      await this.inbox.receive([clone(command)]);
      expect(this.answers.get(command.id), `${command.id} is answered`).toBeGreaterThan(before);
    }
    for (const violation of this.#violations) throw violation;
  }

  #start(): void {
    const life = ++this.#life;
    this.#working.clear();
    this.#finish.clear();
    this.#shownHere.clear();
    const isOver = () => life !== this.#life;
    const never = new Promise<never>(() => {});
    const write = async (change: () => void, ids: string[]) => {
      await Promise.resolve();
      if (isOver()) return never;
      if (this.#failing > 0) {
        this.#failing--;
        for (const id of ids) this.#unstored.add(id);
        throw new Error('full');
      }
      change();
      // The process may end when it is written and not yet known to be.
      await Promise.resolve();
      return isOver() ? never : undefined;
    };
    this.inbox = new Inbox({
      serverNow: () => NOW,
      storage: {
        load: async () => clone([...this.stored.values()]),
        save: (record) =>
          write(() => {
            this.stored.set(record.envelope.id, clone(record));
            this.#unstored.delete(record.envelope.id);
          }, [record.envelope.id]),
        remove: (ids) => write(() => ids.forEach((id) => void this.stored.delete(id)), []),
      },
      // From the grave nobody is told anything.
      onReceipt: ({ id }) => {
        if (isOver()) return;
        this.#check(() => expect(this.stored.has(id), 'stored before it is confirmed').toBe(true));
        this.#answered(id);
      },
      onOutcome: (outcome) => isOver() || this.#check(() => this.#told(outcome)),
      onError: (error) => this.#check(() => expect(error).toMatchObject({ message: 'full' })),
      run: (command, { signal, interrupted }) => {
        if (isOver()) return never;
        this.#check(() => this.#begun(command, interrupted));
        return new Promise((resolve) => {
          const leave = (outcome: Partial<Outcome>) => {
            this.#working.delete(command.slot);
            this.#finish.delete(command.id);
            resolve({ id: command.id, attempt: command.attempt, state: 'failed', ...outcome });
          };
          this.#finish.set(command.id, (shown) => leave(shown ? { state: 'shown' } : {}));
          // Some leave at once, some in a while.
          signal.addEventListener('abort', () =>
            command.seq % 2 ? leave({}) : rest(20).then(() => isOver() || leave({})),
          );
        });
      },
    });
  }

  #begun({ id, slot, seq }: CommandEnvelope, interrupted: boolean): void {
    const record = this.stored.get(id);
    expect(record, 'stored before it is begun').toBeDefined();
    expect(record?.outcome?.state, `${id} is not begun after it was shown`).not.toBe('shown');
    expect(this.#shownHere.has(id), `${id} is not begun after it was shown`).toBe(false);
    expect(this.#working.get(slot), `one at a time in ${slot}`).toBeUndefined();
    expect(this.#begunSeq.get(slot) ?? 0, `the order of ${slot}`).toBeLessThanOrEqual(seq);
    expect(record?.begun ?? 0).toBeLessThanOrEqual(4);
    expect(interrupted).toBe((record?.begun ?? 0) > 1);
    this.#begunSeq.set(slot, seq);
    this.#working.set(slot, id);
    this.untold.delete(id);
    this.#settled.delete(id);
  }

  #noteSettled(id: string): void {
    this.untold.delete(id);
    this.#settled.add(id);
  }

  #told(outcome: Outcome): void {
    const { id, state, error } = outcome;
    const record = this.stored.get(id);
    if (!isRefusal(error?.code) && !this.#unstored.has(id))
      expect(record?.outcome, 'stored before it is told').toEqual(outcome);
    if (state === 'shown') this.#shownHere.add(id);
    if (!this.#settled.has(id) || isRefusal(error?.code)) this.untold.set(id, outcome);
    this.#answered(id);
  }

  // Noted rather than thrown: an inbox survives what is thrown into it.
  #check(expectation: () => void): void {
    try {
      expectation();
    } catch (violation) {
      this.#violations.push(violation);
    }
  }

  #answered(id: string): void {
    this.answers.set(id, (this.answers.get(id) ?? 0) + 1);
  }
}

const isRefusal = (code: string | undefined) => code === 'COMMAND_OVERTAKEN';
const key = ({ id, attempt, state }: Outcome) => `${id} ${attempt} ${state}`;

it('shows nothing twice, keeps the order of each slot, and keeps an outcome until it is confirmed, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      const device = new Device();
      for (const step of steps) await device.do(step);
      await device.end();
    }),
    // The same cases each time: another seed looks elsewhere.
    { numRuns: 1_000, seed: 7 },
  );
});
