import { parentPort, workerData } from 'node:worker_threads';
import { check } from './checks/check.ts';
import { simulate } from './simulate.ts';
import { add, emptyTally } from './tally.ts';

/** Every `step`th seed from `from` on, below `until`. */
export interface Share {
  from: number;
  until: number;
  step: number;
}

const { from, until, step }: Share = workerData;
const tally = emptyTally();
for (let seed = from; seed < until; seed += step) {
  const ending = await simulate({ seed });
  add(tally, ending, check(ending));
}
parentPort?.postMessage(tally);
