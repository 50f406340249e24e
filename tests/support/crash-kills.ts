import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene } from './crash-scene.ts';
import { median } from './crash-stations.ts';
import type { ServerProcess } from './server-process.ts';

const LEAST_MS = 250;
const MOST_MS = 950;

/**
 * Kills a server at random moments and starts it again, at least so often and until at least so many
 * commands were accepted. Answers how often, and how long it was away, in ms.
 */
export async function killAgainAndAgain(
  { load, stations, random }: Scene,
  servers: readonly ServerProcess[],
  least: { kills: number; commands: number },
): Promise<{ kills: number; awayMedianMs: number }> {
  const away: number[] = [];
  while (away.length < least.kills || load.accepted.length < least.commands) {
    await sleep(random.between(LEAST_MS, MOST_MS));
    const server = random.pick(servers);
    const killedAt = performance.timeOrigin + performance.now();
    await server.kill();
    await server.restart();
    away.push(server.listeningAt - killedAt);
    // Where another is there, nobody waits for this one.
    stations.backFrom(servers.length === 1 ? server.listeningAt : killedAt);
  }
  return { kills: away.length, awayMedianMs: median(away) };
}
