// npm run demo: prepares the machine and shows the main job running.
import { join } from 'node:path';
import { prepare, ROOT, run } from './prepare.mjs';

await prepare({ programs: ['chromium'] });
run('node', [join(ROOT, 'examples/f06/demo.ts'), ...process.argv.slice(2)]);
