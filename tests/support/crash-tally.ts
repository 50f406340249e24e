import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandView, isSettled } from '@remote-display/protocol';
import type { Glass } from './crash-glass.ts';
import type { Accepted, CrashLoad } from './crash-load.ts';
import { diesOf } from './crash-wishes.ts';

/** What became of everything that was accepted. The second half must be all zeros. */
export interface Tally {
  accepted: number;
  shown: number;
  superseded: number;
  dead: number;
  expired: number;
  cancelled: number;
  /** Accepted, and not found or not ended. */
  lost: number;
  shownTwice: number;
  outOfOrder: number;
  /** The record says that it was shown and nobody saw it, or that it died and it was seen. */
  untrue: number;
  /** Whoever waited was told another end than the record has. */
  toldOtherwise: number;
  /**
   * Whoever waited was told `shown`, which was true; the server was killed before that was stored,
   * and a newer wish was accepted before the device could say it again.
   */
  shownThenSuperseded: number;
  /** Answers that are never right. */
  wrong: number;
}

const BOUND_MS = 60_000;
const AT_ONCE = 24;

/** Waits until every accepted command has ended, and compares what the record says with the glass. */
export async function judge(
  load: CrashLoad,
  seen: () => Glass,
  at: { url: string; token: string },
): Promise<Tally> {
  const tally: Tally = {
    ...{ accepted: load.accepted.length, shown: 0, superseded: 0, dead: 0, expired: 0 },
    ...{ cancelled: 0, lost: 0, shownTwice: 0, outOfOrder: 0, untrue: 0, toldOtherwise: 0 },
    shownThenSuperseded: 0,
    wrong: load.wrong.length,
  };
  const deadline = performance.now() + BOUND_MS;
  const ends = new Map<Accepted, CommandView | undefined>();
  await inParallel(load.accepted, async (accepted) => {
    ends.set(accepted, await endOf(accepted, at, deadline));
  });
  // What people saw, now that nothing is under way any more.
  const glass = seen();
  const stories: string[] = [];
  for (const [accepted, view] of ends) {
    const why = verdict(tally, accepted, view, glass);
    if (why) stories.push(`${why}: ${JSON.stringify(accepted)} ${JSON.stringify(view)}`);
  }
  tally.shownTwice = glass.twice.length;
  tally.outOfOrder = glass.outOfOrder.length;
  const { twice, outOfOrder } = glass;
  for (const some of [stories, twice, outOfOrder, load.wrong])
    for (const story of some.slice(0, 5)) console.log(story);
  return tally;
}

/** What is expected of every tally. */
export const NOTHING_WRONG = {
  lost: 0,
  shownTwice: 0,
  outOfOrder: 0,
  untrue: 0,
  toldOtherwise: 0,
  wrong: 0,
} as const satisfies Partial<Tally>;

/** One line of everything that was counted. */
export function lineOf(name: string, counts: object): string {
  const parts = Object.entries(counts).map(([what, count]) => {
    const words = what.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return `${words} ${Math.round(count).toLocaleString('en')}`;
  });
  return `${name}: ${parts.join(', ')}`;
}

function verdict(
  tally: Tally,
  { orderId, told }: Accepted,
  view: CommandView | undefined,
  glass: Glass,
): string | undefined {
  if (view === undefined || !isSettled(view.state) || view.orderId !== orderId) {
    tally.lost++;
    return 'lost';
  }
  const { state } = view;
  tally[state as keyof Tally]++;
  const isSeen = glass.has(orderId);
  const isTrue = state === 'shown' ? isSeen : state === 'dead' ? !isSeen && diesOf(orderId) : true;
  if (!isTrue) tally.untrue++;
  const isOther = told !== undefined && told !== state;
  if (isOther && told === 'shown' && state === 'superseded' && isSeen) tally.shownThenSuperseded++;
  else if (isOther) tally.toldOtherwise++;
  return isTrue ? (isOther ? 'told otherwise' : undefined) : 'untrue';
}

async function endOf(
  { commandId }: Accepted,
  { url, token }: { url: string; token: string },
  deadline: number,
): Promise<CommandView | undefined> {
  let view: CommandView | undefined;
  for (;;) {
    try {
      const answer = await fetch(`${url}/api/commands/${commandId}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(10_000),
      });
      const body = await answer.json();
      if (answer.status === 404) return undefined;
      if (answer.ok) view = body as CommandView;
    } catch {
      // Whoever was killed comes back.
    }
    if ((view && isSettled(view.state)) || performance.now() > deadline) return view;
    await sleep(50);
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < items.length; n = next++) await work(items[n] as T);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
