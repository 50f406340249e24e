// npm run bench: prepares the machine and measures. Nothing else should run meanwhile.
import { join } from 'node:path';
import { prepare, ROOT, run } from './prepare.mjs';

await prepare({ programs: ['redis'] });
run('node', [join(ROOT, 'bench/src/main.ts'), ...process.argv.slice(2)]);
