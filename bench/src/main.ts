import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './measure/machine.ts';
import { summarise, table } from './report.ts';
import { triggerSuite } from './trigger-suite.ts';

const { values } = parseArgs({
  options: {
    suite: { type: 'string', default: 'trigger' },
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
if (values.suite !== 'trigger')
  throw new Error(`there is no suite ${values.suite}; there is: trigger`);

const on = machine();
process.stderr.write(`${on.cpu}, ${on.cores} cores, ${on.memoryGiB} GiB, Node ${on.node}\n`);
const rounds = await triggerSuite({
  ...(values.quick
    ? { rounds: 2, sequential: 300, concurrent: 1_000 }
    : { rounds: 7, sequential: 1_500, concurrent: 6_000 }),
  onRound: ({ mode, p50, perSecond }) =>
    process.stderr.write(`${mode}: p50 ${p50.toFixed(2)} ms, ${perSecond.toFixed(0)}/s\n`),
});
const summary = summarise(rounds);
process.stdout.write(`${table(summary)}\n`);

const file = values.json ?? fileURLToPath(new URL('../results/trigger.json', import.meta.url));
mkdirSync(dirname(file), { recursive: true });
writeFileSync(
  file,
  `${JSON.stringify({ suite: 'trigger', machine: on, summary, rounds }, null, 2)}\n`,
);

const failed = rounds.reduce((sum, round) => sum + round.failed, 0);
if (failed > 0) {
  process.stderr.write(`${failed} triggers were not shown\n`);
  process.exitCode = 1;
}
