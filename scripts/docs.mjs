// npm run docs: builds the reference into docs/site.
import { prepare, run } from './prepare.mjs';

await prepare();
run('typedoc', []);
