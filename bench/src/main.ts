import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { batchSuite, batchTable } from './batch-suite.ts';
import { percentile } from './measure/figures.ts';
import { machine } from './measure/machine.ts';
import { recoverySuite, recoveryTable } from './recovery-suite.ts';
import { summarise, table } from './report.ts';
import { triggerSuite } from './trigger-suite.ts';

const { values } = parseArgs({
  options: {
    suite: { type: 'string' },
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});

const SUITES = {
  async trigger(quick: boolean) {
    const rounds = await triggerSuite({
      ...(quick
        ? { rounds: 2, sequential: 300, concurrent: 1_000 }
        : { rounds: 7, sequential: 1_500, concurrent: 6_000 }),
      onRound: ({ mode, p50, perSecond }) =>
        progress(`${mode}: p50 ${p50.toFixed(2)} ms, ${perSecond.toFixed(0)}/s`),
    });
    const summary = summarise(rounds);
    return { rounds, summary, text: table(summary) };
  },
  async batch(quick: boolean) {
    const [count, times] = quick ? [1_000, 2] : [6_000, 5];
    const rounds = await batchSuite(times, count, ({ mode, batch, perSecond }) =>
      progress(`${mode}, ${batch} in one request: ${perSecond.toFixed(0)}/s`),
    );
    return { rounds, summary: undefined, text: batchTable(rounds) };
  },
  async recovery(quick: boolean) {
    const rounds = await recoverySuite(quick ? 2 : 7, ({ resumed }) =>
      progress(`back, median: ${percentile(resumed, 0.5).toFixed(0)} ms`),
    );
    return { rounds, summary: undefined, text: recoveryTable(rounds) };
  },
};

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

const names = Object.keys(SUITES) as (keyof typeof SUITES)[];
const asked = names.filter((name) => values.suite === undefined || name === values.suite);
if (asked.length === 0)
  throw new Error(`there is no suite ${values.suite}; there are: ${names.join(', ')}`);

const on = machine();
progress(`${on.cpu}, ${on.cores} cores, ${on.memoryGiB} GiB, Node ${on.node}`);
for (const name of asked) {
  const { rounds, summary, text } = await SUITES[name](values.quick);
  process.stdout.write(`## ${name}\n\n${text}\n\n`);
  const file = values.json ?? fileURLToPath(new URL(`../results/${name}.json`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  const result = { suite: name, machine: on, summary, rounds };
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  const failed = rounds.reduce((sum, round) => sum + round.failed, 0);
  if (failed > 0) {
    progress(`${failed} triggers were not shown`);
    process.exitCode = 1;
  }
}
