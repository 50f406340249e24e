import type { Command } from '../../engine/command.ts';
import { matches } from '../rules.ts';
import type { DeadLetter, DeadLetterFilter, DeadLetterStore } from '../store.ts';

/** The dead letters in memory, in the order in which they came. */
export class MemoryDeadLetters implements DeadLetterStore {
  readonly #letters = new Map<string, DeadLetter & { order: number }>();
  #order = 0;

  add(command: Command): void {
    this.#letters.set(command.id, { command, order: ++this.#order });
  }

  get(commandId: string): DeadLetter | undefined {
    return this.#letters.get(commandId);
  }

  redriven(commandId: string, as: string): void {
    const letter = this.#letters.get(commandId);
    if (letter) letter.redrivenAs = as;
  }

  async find(commandId: string): Promise<DeadLetter | undefined> {
    return plain(this.#letters.get(commandId));
  }

  async list(filter: DeadLetterFilter, page: { after?: string | undefined; limit: number }) {
    const before = page.after === undefined ? Infinity : Number(page.after);
    const found = [...this.#letters.values()]
      .reverse()
      .filter((letter) => letter.order < before && matches(letter, filter));
    const letters = found.slice(0, page.limit);
    const next = found.length > page.limit ? letters.at(-1)?.order.toString() : undefined;
    return { letters: letters.flatMap((letter) => plain(letter) ?? []), next };
  }

  async discard(commandId: string): Promise<boolean> {
    return this.#letters.delete(commandId);
  }

  async prune(before: number, maxCount: number, limit: number): Promise<number> {
    let pruned = 0;
    for (const [id, { command }] of this.#letters) {
      const isOld = (command.settledAt ?? 0) < before;
      if (pruned >= limit || !(isOld || this.#letters.size > maxCount)) break;
      this.#letters.delete(id);
      pruned++;
    }
    return pruned;
  }
}

function plain(letter: DeadLetter | undefined): DeadLetter | undefined {
  if (letter === undefined) return undefined;
  const { command, redrivenAs } = letter;
  return redrivenAs === undefined ? { command } : { command, redrivenAs };
}
