// npm test and npm run test:<kind>: prepares the machine and runs the tests, kind after kind.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, prepare, ROOT, step } from './prepare.mjs';

const KINDS = ['unit', 'integration', 'simulation', 'browser', 'faults'];
const NEEDS = {
  unit: [],
  integration: ['redis'],
  simulation: [],
  browser: ['chromium'],
  faults: ['redis'],
};
const asked = process.argv.slice(2).filter((word) => KINDS.includes(word));
const passedOn = process.argv.slice(2).filter((word) => !KINDS.includes(word));
const kinds = asked.length > 0 ? asked : KINDS;

await prepare({
  programs: [...new Set(kinds.flatMap((kind) => NEEDS[kind]))],
  build: kinds.includes('browser'),
});

const total = { passed: 0, failed: 0, skipped: 0 };
for (const kind of kinds) {
  step(`${kind} tests`);
  const report = join(ROOT, '.cache', `${kind}.json`);
  const { status } = spawnSync(
    'vitest',
    [
      'run',
      '--project',
      kind,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...passedOn,
    ],
    { cwd: ROOT, stdio: 'inherit', env: environment() },
  );
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  total.passed += numPassedTests;
  // A file that cannot even be loaded has no tests that could fail.
  total.failed += Math.max(numFailedTests, status === 0 ? 0 : 1);
  total.skipped += numPendingTests;
}
process.stdout.write(
  `\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`,
);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
