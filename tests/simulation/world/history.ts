import { createHash } from 'node:crypto';
import type { CommandState, SettledState } from '@remote-display/protocol';

/** What happened, as someone sees it who looks at the whole world at once. */
export type Happening =
  /** The store took a command in. */
  | { kind: 'stored'; id: string; key: string; body: string; seq: number; slot: string }
  /** A caller was answered: this is your command. */
  | { kind: 'accepted'; id: string; key: string; body: string; node: string; repeated: boolean }
  /** A caller was told that the key says something else. */
  | { kind: 'conflict'; key: string; body: string }
  /** A caller was told that the command is called off. */
  | { kind: 'cancelled'; id: string }
  /** A dead letter was tried again. */
  | { kind: 'redriven'; from: string; id: string }
  /** A caller who waited was told how the command is. */
  | { kind: 'told'; id: string; state: CommandState; node: string }
  /** The store ended a command. */
  | { kind: 'ended'; id: string; state: SettledState; record: string }
  /** A connection became the one that holds the screen. */
  | { kind: 'held'; screenId: string; holder: string }
  /** A connection was given a command for the device, `late` ms after its expiry. */
  | { kind: 'sent'; screenId: string; holder: string; id: string; attempt: number; late: number }
  /** The handler began, at `wall` by the server's clock, which the device knows give or take `uncertainty` ms. */
  | {
      kind: 'begun';
      station: string;
      id: string;
      attempt: number;
      wall: number;
      uncertainty: number;
    }
  /** The document stands on the glass. */
  | { kind: 'painted'; station: string; id: string; slot: string }
  /** What was painted was not reported as shown: the handler failed afterwards. */
  | { kind: 'withdrawn'; station: string; id: string }
  /** The device's storage has it that the command was shown. */
  | { kind: 'kept'; station: string; id: string }
  /** The machine went dark: nothing stands on its glass. */
  | { kind: 'dark'; station: string }
  /** The device's storage was lost. */
  | { kind: 'wiped'; station: string }
  /** Another of the same screen has come, and this one stopped for good. */
  | { kind: 'stopped'; station: string }
  | { kind: 'nodeUp'; node: string }
  | { kind: 'nodeDown'; node: string; how: 'crashed' | 'drained' }
  /** The clock on the server's wall was set. */
  | { kind: 'jumped'; byMs: number }
  /** Nobody could reach the store for so long. */
  | { kind: 'outage'; forMs: number }
  /** News from other nodes did not come for so long. */
  | { kind: 'gap'; node: string; forMs: number }
  /** Something threw what nothing should throw. */
  | { kind: 'surprise'; text: string };

export type Noted = Happening & { at: number };
export type Kind = Happening['kind'];

/** The history of a world, and how often each fault was injected. */
export class History {
  readonly #noted: Noted[] = [];
  readonly #faults = new Map<string, number>();
  readonly #now: () => number;
  readonly #trace: ((line: string) => void) | undefined;

  constructor(now: () => number, trace?: (line: string) => void) {
    this.#now = now;
    this.#trace = trace;
  }

  note(happening: Happening): void {
    const noted = { at: this.#now(), ...happening };
    this.#noted.push(noted);
    this.#trace?.(lineOf(noted));
  }

  /** A fault was injected. */
  fault(kind: string, detail = ''): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
    this.#trace?.(`${stamp(this.#now())} fault ${kind} ${detail}`);
  }

  /** What is worth a line to whoever follows a seed, and nothing to the checker. */
  remark(text: () => string): void {
    this.#trace?.(`${stamp(this.#now())}   ${text()}`);
  }

  get all(): readonly Noted[] {
    return this.#noted;
  }

  get faults(): ReadonlyMap<string, number> {
    return this.#faults;
  }

  /** The same seed has always the same. */
  hash(): string {
    return createHash('sha256').update(JSON.stringify(this.#noted)).digest('hex');
  }
}

function lineOf({ at, kind, ...rest }: Noted): string {
  const details = Object.entries(rest)
    .filter(([name]) => name !== 'record')
    .map(([name, value]) => `${name}=${typeof value === 'number' ? Math.round(value) : value}`);
  return `${stamp(at)} ${kind} ${details.join(' ')}`;
}

function stamp(at: number): string {
  return at.toFixed(2).padStart(10);
}
