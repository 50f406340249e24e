import type {
  CommandEnvelope,
  ErrorBody,
  Farewell,
  ReportAnswer,
  ResumeAnswer,
} from '@remote-display/protocol';
import type { World } from './world.ts';

export type Message =
  | { kind: 'ask'; event: 'resume' | 'report'; ask: number; body: unknown }
  | { kind: 'answer'; ask: number; answer: ResumeAnswer | ReportAnswer | { error: ErrorBody } }
  | { kind: 'commands'; envelopes: CommandEnvelope[] }
  | { kind: 'farewell'; code: Farewell['code'] }
  | { kind: 'end' };

export type Side = 'device' | 'server';

/** What one side does with what comes. */
export interface LineEnd {
  message(message: Message): void;
  /** This side knows that the line is over. */
  closed(): void;
}

const SIDES: readonly Side[] = ['device', 'server'];
// Ping interval and timeout: within it both sides notice that nothing comes any more.
const HEARTBEAT_MS = 30_000;
// Later than any answer is waited for.
const LATE_MS = 60_000;
// A command so late would have been noticed by the heartbeat.
const LATE_COMMANDS_MS = 25_000;

/** One connection between a device and a node: both ways in order, until it breaks. */
export class Line {
  readonly #world: World;
  readonly #ends: Partial<Record<Side, LineEnd>> = {};
  readonly #open: Record<Side, boolean> = { device: true, server: true };
  readonly #deaf: Record<Side, boolean> = { device: false, server: false };
  // When the last message arrived, or will.
  readonly #last: Record<Side, number> = { device: 0, server: 0 };

  constructor(world: World) {
    this.#world = world;
  }

  attach(side: Side, end: LineEnd): void {
    this.#ends[side] = end;
  }

  isOpen(side: Side): boolean {
    return this.#open[side];
  }

  send(from: Side, message: Message): void {
    if (!this.#open[from]) return;
    const { plan, history } = this.#world;
    const to = other(from);
    if (message.kind === 'end') {
      this.#carry(to, message);
      return;
    }
    if (this.#world.happens(plan.chance.messageLost)) {
      history.fault('message lost', message.kind);
      return;
    }
    this.#carry(to, message);
    // A line begins with one `resume`: whoever repeats that is no wire but another client.
    if (message.kind === 'ask' && message.event === 'resume') return;
    if (!this.#world.happens(plan.chance.messageRepeated)) return;
    history.fault('message repeated', message.kind);
    this.#carry(to, message);
  }

  /** One side ends it; the other hears of it as far as anything reaches it. */
  close(by: Side): void {
    if (!this.#open[by]) return;
    this.send(by, { kind: 'end' });
    this.#shut(by);
  }

  /** Nothing reaches these sides any more; both notice by the heartbeat. */
  cut(deaf: readonly Side[] = SIDES): void {
    for (const side of deaf) this.#deaf[side] = true;
    for (const side of SIDES) this.#noticeLater(side);
  }

  /** One side's machine is gone without a word. */
  vanish(side: Side): void {
    this.#open[side] = false;
    this.#deaf[other(side)] = true;
    this.#noticeLater(other(side));
  }

  #carry(to: Side, message: Message): void {
    const { timeline, random, plan, history } = this.#world;
    let at = Math.max(this.#last[to], timeline.now + random.delay(plan.wireMs));
    if (message.kind !== 'end' && this.#world.happens(plan.chance.messageLate)) {
      history.fault('message late, out of its order', message.kind);
      at = timeline.now + random.next() * (message.kind === 'answer' ? LATE_MS : LATE_COMMANDS_MS);
    } else this.#last[to] = at;
    timeline.schedule(at - timeline.now, () => {
      if (!this.#open[to] || this.#deaf[to]) return;
      if (message.kind === 'end') this.#shut(to);
      else this.#ends[to]?.message(message);
    });
  }

  #noticeLater(side: Side): void {
    const { timeline, random } = this.#world;
    timeline.schedule(random.next() * HEARTBEAT_MS, () => this.#shut(side));
  }

  #shut(side: Side): void {
    if (!this.#open[side]) return;
    this.#open[side] = false;
    this.#ends[side]?.closed();
  }
}

function other(side: Side): Side {
  return side === 'device' ? 'server' : 'device';
}
