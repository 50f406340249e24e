import type { Command } from '../../../packages/server/src/engine/command.ts';
import type { Ending } from '../simulate.ts';
import type { Kind, Noted } from '../world/history.ts';

export interface Violation {
  /** Which promise of the catalogue; `rest` for what must be at the end, `surprise` for what nothing explains. */
  promise: string;
  text: string;
}

export type Happened<K extends Kind> = Extract<Noted, { kind: K }>;

/** A world's history, so laid out that a promise can be read off it. */
export class Story {
  readonly ending: Ending;
  readonly #byKind = new Map<Kind, Noted[]>();

  constructor(ending: Ending) {
    this.ending = ending;
    for (const noted of ending.history) {
      const all = this.#byKind.get(noted.kind) ?? [];
      all.push(noted);
      this.#byKind.set(noted.kind, all);
    }
  }

  /** Everything of one kind, in its order. */
  all<K extends Kind>(kind: K): readonly Happened<K>[] {
    return (this.#byKind.get(kind) ?? []) as Happened<K>[];
  }

  /** Everything of one kind, by what `keyOf` says. */
  by<K extends Kind>(
    kind: K,
    keyOf: (happened: Happened<K>) => string,
  ): Map<string, Happened<K>[]> {
    const groups = new Map<string, Happened<K>[]>();
    for (const happened of this.all(kind)) {
      const group = groups.get(keyOf(happened)) ?? [];
      group.push(happened);
      groups.set(keyOf(happened), group);
    }
    return groups;
  }

  record(id: string): Command | undefined {
    return this.ending.records.get(id);
  }

  /** How much of a stretch of time no node was up or none could reach the store, in ms. */
  standstill(from: number, to: number): number {
    let standing = 0;
    let up = 0;
    let downSince: number | undefined = from;
    for (const noted of this.ending.history) {
      if (noted.kind === 'nodeUp' && up++ === 0 && downSince !== undefined) {
        standing += overlap(downSince, noted.at, from, to);
        downSince = undefined;
      }
      if (noted.kind === 'nodeDown' && --up === 0) downSince = noted.at;
      if (noted.kind === 'outage') standing += overlap(noted.at, noted.at + noted.forMs, from, to);
    }
    return standing + (downSince === undefined ? 0 : overlap(downSince, to, from, to));
  }

  /** By how much the server's clock was set in a stretch of time, whichever way, in ms. */
  jumped(from: number, to: number): number {
    return this.all('jumped')
      .filter(({ at }) => at >= from && at <= to)
      .reduce((sum, { byMs }) => sum + Math.abs(byMs), 0);
  }
}

function overlap(begin: number, end: number, from: number, to: number): number {
  return Math.max(0, Math.min(end, to) - Math.max(begin, from));
}
