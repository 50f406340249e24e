import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../store/store.ts';
import { accessKeepsTheContract } from './conformance/access-conformance.ts';
import { commandsKeepTheContract } from './conformance/command-conformance.ts';
import { deadLettersKeepTheContract } from './conformance/dead-letter-conformance.ts';
import { newsKeepsTheContract } from './conformance/news-conformance.ts';

/** What every store must do, whatever it is made of. `make` answers an empty one that is not open yet. */
export function describeStore(name: string, make: () => Store | Promise<Store>): void {
  describe(`${name} keeps the contract`, () => {
    let store: Store;

    beforeEach(async () => {
      store = await make();
      await store.open();
    });
    afterEach(() => store.close());

    commandsKeepTheContract(() => store);
    deadLettersKeepTheContract(() => store);
    accessKeepsTheContract(() => store);
    newsKeepsTheContract(() => store);
  });
}
