import type { World } from './world.ts';

const HOUR_MS = 3_600_000;
const OUTAGE_MS = 12_000;
const GAP_MS = 8_000;

/** What befalls a world from outside, at moments of its own. */
export function scheduleMisfortunes(world: World): void {
  const { plan, random, timeline, history, stations } = world;

  const times = (count: number, misfortune: () => void) => {
    for (let n = 0; n < count; n++) timeline.schedule(random.next() * plan.spanMs, misfortune);
  };
  const someNode = () => (world.nodes.length > 0 ? random.pick(world.nodes) : undefined);
  const jump = () => random.pick([-1, 1]) * random.between(120_000, 3 * HOUR_MS);

  times(plan.count.nodeCrash, () => {
    const silently = random.chance(0.3);
    history.fault(silently ? 'server machine lost' : 'server killed');
    someNode()?.crash(silently);
  });
  times(plan.count.nodeDrain, () => {
    history.fault('server asked to leave');
    void someNode()?.leave();
  });
  times(plan.count.deviceCrash, () => random.pick(stations).crash('at some moment'));
  times(plan.count.cut, () => {
    const line = random.pick(stations).client?.line;
    const way = random.between(0, 3);
    history.fault(['line cut', 'half-open line', 'deaf device', 'deaf server'][way] ?? '');
    if (way === 0) line?.close(random.pick(['device', 'server']));
    else line?.cut(way === 1 ? ['device', 'server'] : way === 2 ? ['device'] : ['server']);
  });
  // Ten times a second, for a while.
  times(plan.count.flap, () => {
    const station = random.pick(stations);
    const flap = (left: number) => {
      if (left === 0 || world.isCalm) return;
      history.fault('line flaps');
      station.client?.line?.close('device');
      timeline.schedule(100, () => flap(left - 1));
    };
    flap(20);
  });
  times(plan.count.outage, () => {
    history.fault('store unreachable');
    world.endReach(random.next() * OUTAGE_MS);
  });
  times(plan.count.gap, () => {
    const node = someNode();
    if (!node) return;
    const forMs = random.next() * GAP_MS;
    history.fault('gap in the news');
    history.note({ kind: 'gap', node: node.name, forMs });
    node.missNews(forMs);
  });
  times(plan.count.serverJump, () => {
    history.fault('server clock set');
    world.setServerClock(jump());
  });
  times(plan.count.deviceJump, () => {
    history.fault('device clock set');
    random.pick(stations).setClock(jump());
  });
}
