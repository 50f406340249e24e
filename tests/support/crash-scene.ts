import { onTestFinished } from 'vitest';
import { Random } from '../simulation/world/random.ts';
import { Glass } from './crash-glass.ts';
import { CrashLoad, type CrashLoadOptions } from './crash-load.ts';
import { CrashStations } from './crash-stations.ts';
import { judge, lineOf, type Tally } from './crash-tally.ts';
import type { ServerProcess } from './server-process.ts';

export interface SceneOptions extends Pick<CrashLoadOptions, 'restMs' | 'giveUpMs'> {
  /** Begins the line that is printed. */
  name: string;
  server: ServerProcess;
  /** Where devices and operators find it. Default: the server itself. */
  url?: string;
  screens?: number;
  displays?: number;
}

/** Devices and operators at a server, and a judge. It goes with the test. */
export interface Scene {
  /** All chance of it. `FAULT_SEED` repeats it, as far as the machine lets it. */
  random: Random;
  load: CrashLoad;
  stations: CrashStations;
  /** Ends the load without a judgement; other operators go on, with later wishes. */
  newLoad(): Promise<void>;
  /** Ends the load, waits until all has ended, prints one line with all counts and answers them. */
  finish(extra?: Record<string, number>): Promise<Tally>;
}

const LATER = 1_000_000;

export async function startScene(options: SceneOptions): Promise<Scene> {
  const { name, server, url = server.url, screens = 6, displays = 4 } = options;
  const { seed, random } = seeded();
  const glass = new Glass();
  const stations = new CrashStations(glass);
  onTestFinished(() => stations.close());
  const names = screenNames(screens);
  for (const screenId of names) await stations.add(url, await server.pair(screenId));
  const at = { url, token: server.admin.accessToken };
  const loadOptions = { ...options, ...at, screens: names, displays, random };
  const scene: Scene = {
    random,
    load: new CrashLoad(loadOptions),
    stations,
    async newLoad() {
      await scene.load.stop();
      scene.load = new CrashLoad({ ...loadOptions, firstPlace: LATER });
      scene.load.start();
    },
    async finish(extra = {}) {
      await scene.load.stop();
      const tally = await judge(scene.load, () => glass, at);
      const { median, max } = stations.resumeMs;
      const resumes = max > 0 ? { resumeMedianMs: median, resumeMaxMs: max } : {};
      print(name, seed, scene.load, { ...tally, ...extra, ...resumes });
      return tally;
    },
  };
  scene.load.start();
  return scene;
}

export function seeded(): { seed: number; random: Random } {
  const seed = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 1_000_000));
  return { seed, random: new Random(seed) };
}

export function screenNames(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `station-${n}`);
}

export function print(name: string, seed: number, load: CrashLoad, counts: object): void {
  const refusals = Object.fromEntries(load.refusals);
  console.log(
    `${lineOf(`${name} (FAULT_SEED=${seed})`, counts)}\n` +
      lineOf('  sent again after', { ...refusals, slowestMs: load.slowestMs }),
  );
}
