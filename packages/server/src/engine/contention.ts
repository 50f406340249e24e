/** Moves that are on their way to the store, by the slot or command that they could end. */
export class Contention {
  readonly #underWay = new Map<string, number>();

  has(key: string): boolean {
    return this.#underWay.has(key);
  }

  async during<T>(key: string, work: () => Promise<T>): Promise<T> {
    this.#underWay.set(key, (this.#underWay.get(key) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#underWay.get(key) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(key);
      else this.#underWay.set(key, left);
    }
  }

  get isEmpty(): boolean {
    return this.#underWay.size === 0;
  }
}
