// npm run test:simulation: worlds with seeded faults, the real engine and inbox in them, and a checker.
import { join } from 'node:path';
import { prepare, ROOT, run } from './prepare.mjs';

await prepare();
run('node', [
  '--conditions=@remote-display/source',
  join(ROOT, 'tests/simulation/main.ts'),
  ...process.argv.slice(2),
]);
