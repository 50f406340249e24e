import type { Command } from '../../packages/server/src/engine/command.ts';
import type { DeadLetter } from '../../packages/server/src/store/store.ts';
import type { Bugs } from './world/bugs.ts';
import type { Noted } from './world/history.ts';
import { scheduleMisfortunes } from './world/misfortunes.ts';
import type { Plan } from './world/plan.ts';
import type { Station } from './world/station.ts';
import { Workload } from './world/workload.ts';
import { World } from './world/world.ts';

/** How a station is at the end. */
export interface StationAtEnd {
  name: string;
  screenId: string;
  stopped: boolean;
  online: boolean;
  /** Commands that it still means to carry out. */
  held: number;
  /** Outcomes of which it does not know that the server has them. */
  unconfirmed: number;
}

/** What is left of a world when its time is over: all that the checker looks at. */
export interface Ending {
  seed: number;
  plan: Plan;
  history: readonly Noted[];
  hash: string;
  faults: ReadonlyMap<string, number>;
  /** Every command that the store ever took in, as it stands there. */
  records: ReadonlyMap<string, Command>;
  letters: ReadonlyMap<string, DeadLetter>;
  stations: StationAtEnd[];
  /** The longest that any call waited for its effect in the store, in ms. */
  slowestStoreMs: number;
}

export interface SimulateOptions {
  seed: number;
  bugs?: Partial<Bugs>;
  trace?: (line: string) => void;
}

// After the last fault: the longest time to live, an outcome that never comes, and the heartbeat.
const AFTERMATH_MS = 60_000 + 30_000 + 60_000;

/** Lives through a seed's world, from the first wish to the last end. */
export async function simulate(options: SimulateOptions): Promise<Ending> {
  const world = new World(options);
  const { plan, timeline, history, store, stations } = world;
  const workload = new Workload(world);
  scheduleMisfortunes(world);
  await timeline.runUntil(plan.spanMs);
  world.calm();

  const open = () => {
    const ids = new Set<string>();
    for (const each of history.all) if (each.kind === 'stored') ids.add(each.id);
    for (const each of history.all) if (each.kind === 'ended') ids.delete(each.id);
    return ids;
  };
  const isQuiet = () =>
    world.nodes.length === plan.nodes &&
    !workload.isBusy &&
    stations.map(atEnd).every(isAtRest) &&
    open().size === 0;
  // Looked at now and then, because looking costs more than living.
  const end = timeline.now + AFTERMATH_MS + setBack(history.all);
  while (timeline.now < end && !isQuiet()) await timeline.runUntil(timeline.now + 1_000);

  const records = new Map<string, Command>();
  const letters = new Map<string, DeadLetter>();
  for (const { id } of idsIn(history.all)) {
    const record = await store.commands.find(id);
    if (record) records.set(id, record);
    const letter = await store.deadLetters.find(id);
    if (letter) letters.set(id, letter);
  }
  return {
    seed: world.seed,
    plan,
    history: history.all,
    hash: history.hash(),
    faults: history.faults,
    records,
    letters,
    slowestStoreMs: world.slowestStoreMs,
    stations: stations.map(atEnd),
  };
}

function atEnd({ name, screenId, stopped, client }: Station): StationAtEnd {
  const { held = [], outcomes = [] } = client?.inbox.memory() ?? {};
  const online = client?.isOnline ?? false;
  return { name, screenId, stopped, online, held: held.length, unconfirmed: outcomes.length };
}

function isAtRest({ stopped, online, held, unconfirmed }: StationAtEnd): boolean {
  return stopped || (online && held === 0 && unconfirmed === 0);
}

// A command that was taken in before a clock was set back has that much more time.
function setBack(history: readonly Noted[]): number {
  return history.reduce(
    (sum, each) => (each.kind === 'jumped' && each.byMs < 0 ? sum - each.byMs : sum),
    0,
  );
}

function idsIn(history: readonly Noted[]): { id: string }[] {
  return history.flatMap((each) => (each.kind === 'stored' ? { id: each.id } : []));
}
