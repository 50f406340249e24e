// npm run check: everything that can be known without running the product.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environment, prepare, ROOT, step } from './prepare.mjs';

await prepare();

const PACKAGES = ['protocol', 'client', 'server', 'extension-kit'];
const TYPED = [...PACKAGES.map((name) => `packages/${name}`), 'examples/f06', 'bench', 'tests'];
const steps = [
  ['format and lint', ['biome', 'check', '--error-on-warnings', '.']],
  ...TYPED.filter((path) => existsSync(join(ROOT, path, 'tsconfig.json'))).map((path) => [
    `types of ${path}`,
    ['tsc', '-p', path],
  ]),
  [
    'doors between rooms',
    ['depcruise', '--config', '.dependency-cruiser.mjs', 'packages', 'examples', 'bench', 'tests'],
  ],
  ['unused code and dependencies', ['knip']],
  ...PACKAGES.flatMap((name) => [
    [`package ${name}`, ['publint', '--strict', `packages/${name}`]],
    [`types of package ${name}`, ['attw', '--pack', `packages/${name}`, '--profile', 'node16']],
  ]),
];

const failed = [];
for (const [name, [command, ...args]] of steps) {
  step(name);
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    env: environment(),
    encoding: 'utf8',
  });
  if (status === 0) continue;
  process.stdout.write(`${stdout ?? ''}${stderr ?? ''}`);
  failed.push(name);
}
process.stdout.write(
  failed.length === 0 ? 'check: all good\n' : `check: failed: ${failed.join(', ')}\n`,
);
process.exit(failed.length === 0 ? 0 : 1);
