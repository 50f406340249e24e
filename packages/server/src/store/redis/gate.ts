/** Lets callers through while it is open, and holds them back, for a time, while it is shut. */
export class Gate {
  #isOpen = false;
  readonly #waiting = new Set<() => void>();

  open(): void {
    this.#isOpen = true;
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  shut(): void {
    this.#isOpen = false;
  }

  /** Resolves with true once it is open, with false if that took longer than `ms`. */
  async pass(ms: number): Promise<boolean> {
    if (this.#isOpen) return true;
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(
        () => {
          this.#waiting.delete(go);
          resolve(false);
        },
        Math.max(0, ms),
      );
      this.#waiting.add(go);
    });
  }
}
