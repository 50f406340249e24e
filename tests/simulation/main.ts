import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { check } from './checks/check.ts';
import { simulate } from './simulate.ts';
import { emptyTally, merge, type Tally, table } from './tally.ts';
import type { Share } from './worker.ts';

// npm run test:simulation -- --seeds 5000            seeds 1 to 5000
// npm run test:simulation -- --seed 42 --verbose     one seed, with all that happens in it
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const MAX_WORKERS = 2;

if (values.seed !== undefined) await replay(whole(values.seed));
else await runMany(whole(values.from), whole(values.seeds));

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RangeError(`${text} is no whole number from 1 on`);
  return number;
}

async function replay(seed: number): Promise<void> {
  const trace = (line: string) => process.stdout.write(`${line}\n`);
  const ending = await simulate({ seed, ...(values.verbose ? { trace } : {}) });
  const violations = check(ending);
  process.stdout.write(`seed ${seed}: ${ending.records.size} commands, history ${ending.hash}\n`);
  for (const { promise, text } of violations) process.stdout.write(`${promise}: ${text}\n`);
  process.stdout.write(violations.length === 0 ? 'every promise holds\n' : '');
  process.exitCode = violations.length === 0 ? 0 : 1;
}

async function runMany(from: number, count: number): Promise<void> {
  const workers = Math.min(MAX_WORKERS, availableParallelism(), count);
  const began = performance.now();
  const tallies = await Promise.all(
    Array.from({ length: workers }, (_, n) =>
      inWorker({ from: from + n, until: from + count, step: workers }),
    ),
  );
  const tally = tallies.reduce(merge, emptyTally());
  const seconds = (performance.now() - began) / 1_000;
  process.stdout.write(
    values.json ? `${JSON.stringify({ ...tally, seconds })}\n` : table(tally, seconds),
  );
  process.exitCode = tally.violations.length === 0 ? 0 : 1;
}

function inWorker(share: Share): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: share });
    worker.on('message', resolve);
    worker.on('error', reject);
  });
}
