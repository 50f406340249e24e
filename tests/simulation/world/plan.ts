import type { Random } from './random.ts';

/** What kind of world a seed makes: how large, how busy, and what goes wrong in it and how often. */
export interface Plan {
  nodes: number;
  /** Whether nodes hear of each other; without it there is one node, and it tells ends early. */
  news: boolean;
  /** Whether the store may do and answer things of one node in another order than they were asked. */
  unordered: boolean;
  screens: number;
  displays: number;
  wishes: number;
  /** How long wishes come and things go wrong, in ms. */
  spanMs: number;
  /** A second station with the same credentials turns up. */
  twin: boolean;
  wireMs: number;
  storeMs: number;
  newsMs: number;
  /** How likely at each occasion. */
  chance: {
    storeFails: number;
    storeFailsAfter: number;
    storeSlow: number;
    crashInStore: number;
    messageLost: number;
    messageRepeated: number;
    messageLate: number;
    deviceCrash: number;
    storageFails: number;
    handlerFails: number;
    handlerHangs: number;
  };
  /** How often in the whole span. */
  count: {
    nodeCrash: number;
    nodeDrain: number;
    deviceCrash: number;
    cut: number;
    flap: number;
    outage: number;
    gap: number;
    serverJump: number;
    deviceJump: number;
  };
}

export function planFrom(random: Random): Plan {
  const news = random.chance(0.5);
  // Each kind of fault is absent from many worlds, so that none hides behind another.
  const sometimes = (share: number, most: number) =>
    random.chance(share) ? random.next() * most : 0;
  const times = (share: number, most: number) =>
    random.chance(share) ? random.between(1, most) : 0;
  return {
    nodes: news && random.chance(0.8) ? 2 : 1,
    news,
    unordered: news && random.chance(0.5),
    screens: random.between(1, 3),
    displays: random.between(1, 3),
    wishes: random.between(10, 40),
    spanMs: random.pick([5_000, 20_000, 60_000]),
    twin: random.chance(0.1),
    wireMs: random.pick([2, 20, 200]),
    storeMs: random.pick([0.5, 3, 30]),
    newsMs: random.pick([1, 10, 100]),
    chance: {
      storeFails: sometimes(0.4, 0.1),
      storeFailsAfter: sometimes(0.4, 0.1),
      storeSlow: sometimes(0.3, 0.02),
      crashInStore: sometimes(0.3, 0.02),
      messageLost: sometimes(0.2, 0.1),
      messageRepeated: sometimes(0.3, 0.2),
      messageLate: sometimes(0.3, 0.2),
      deviceCrash: sometimes(0.4, 0.05),
      storageFails: sometimes(0.3, 0.1),
      handlerFails: sometimes(0.6, 0.4),
      handlerHangs: sometimes(0.3, 0.1),
    },
    count: {
      nodeCrash: times(0.4, 3),
      nodeDrain: times(0.2, 2),
      deviceCrash: times(0.4, 4),
      cut: times(0.4, 6),
      flap: times(0.15, 2),
      outage: times(0.2, 2),
      gap: news ? times(0.3, 3) : 0,
      serverJump: times(0.15, 2),
      deviceJump: times(0.3, 3),
    },
  };
}
