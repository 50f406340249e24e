import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CRUISER = join(ROOT, 'node_modules/.bin/depcruise');
const BIOME = join(ROOT, 'node_modules/.bin/biome');

// A wrong import for each door, and where it is planted.
const PLANTED: [door: string, file: string, code: string][] = [
  ['protocol-knows-nobody', 'protocol/src/planted.ts', "import '@remote-display/server';"],
  ['protocol-is-pure', 'protocol/src/impure.ts', "import 'node:fs';"],
  ['protocol-is-pure', 'client/src/impure.ts', "import 'node:crypto';"],
  [
    'client-has-no-zod',
    'client/src/heavy.ts',
    "import { triggerSchema } from '@remote-display/protocol/schemas'; export default triggerSchema;",
  ],
  ['server-knows-no-client', 'server/src/planted.ts', "import '@remote-display/client';"],
  [
    'client-knows-no-server',
    'client/src/planted.ts',
    "import type { Store } from '@remote-display/server'; export type S = Store;",
  ],
  ['kit-knows-no-server', 'extension-kit/src/planted.ts', "import '@remote-display/server';"],
  ['nobody-needs-the-outer-rooms', 'server/src/outer.ts', "import '../../../tests/planted.ts';"],
  [
    'engine-knows-the-contract-only',
    'server/src/engine/planted.ts',
    "import '../store/memory-store.ts';",
  ],
  [
    'engine-knows-the-contract-only',
    'server/src/engine/wired.ts',
    "import type { Gateway } from '../gateway/gateway.ts'; export type G = Gateway;",
  ],
  ['engine-has-no-machine', 'server/src/engine/machine.ts', "import 'node:timers';"],
  ['store-knows-the-moves-only', 'server/src/store/planted.ts', "import '../engine/engine.ts';"],
  [
    'stores-are-behind-the-contract',
    'server/src/http/planted.ts',
    "import '../store/sqlite-store.ts';",
  ],
  ['access-knows-no-wire', 'server/src/access/planted.ts', "import '../http/router.ts';"],
  ['trigger-knows-no-wire', 'server/src/trigger/planted.ts', "import '../gateway/gateway.ts';"],
  ['http-and-gateway-are-apart', 'server/src/http/gated.ts', "import '../gateway/gateway.ts';"],
  ['gateway-and-http-are-apart', 'server/src/gateway/planted.ts', "import '../http/router.ts';"],
  ['one-knows-everybody', 'server/src/gateway/whole.ts', "import '../remote-display.ts';"],
  ['no-circles', 'server/src/gateway/round.ts', "import './trip.ts'; export const round = 1;"],
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'remote-display-doors-'));
  cpSync(join(ROOT, 'packages'), join(folder, 'packages'), {
    recursive: true,
    filter: (path) => !/\/(dist|node_modules)$/.test(path),
  });
  for (const name of [
    'tsconfig.base.json',
    '.dependency-cruiser.mjs',
    'biome.json',
    'package.json',
  ]) {
    cpSync(join(ROOT, name), join(folder, name));
  }
  // The same libraries, but our own packages from here.
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@remote-display'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '@remote-display')
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  for (const name of readdirSync(join(folder, 'packages'))) {
    symlinkSync(join(folder, 'packages', name), join(modules, '@remote-display', name));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function cruise(): { rule: { name: string }; from: string }[] {
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', '.'];
  const { stdout, stderr } = spawnSync(CRUISER, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout).summary.violations;
}

function plant(file: string, code: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${code}\n`);
}

describe('the doors between rooms', () => {
  it('are closed in the house as it is', () => {
    expect(cruise()).toEqual([]);
  });

  it('close on a wrong import, each of them', () => {
    plant('tests/planted.ts', 'export const planted = 1;');
    plant('packages/server/src/gateway/trip.ts', "import './round.ts'; export const trip = 1;");
    for (const [, file, code] of PLANTED) plant(`packages/${file}`, code);
    const found = cruise().map(({ rule, from }) => `${rule.name} ${from.replace('packages/', '')}`);
    expect(found).toEqual(expect.arrayContaining(PLANTED.map(([door, file]) => `${door} ${file}`)));
  });

  it.each([
    [
      'packages/extension-kit/src/touching.ts',
      'export const id = () => chrome.runtime.id;',
      'chrome-port',
    ],
    ['packages/server/src/engine/clocked.ts', 'export const now = () => Date.now();', 'Clock'],
    [
      'packages/server/src/engine/timed.ts',
      'export const later = () => setTimeout(() => {}, 1);',
      'Clock',
    ],
  ])('keep %s from what it may not touch', (file, code, why) => {
    plant(file, code);
    const { stdout, stderr, status } = spawnSync(
      'node',
      [BIOME, 'lint', '--vcs-enabled=false', file],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    expect(status).not.toBe(0);
    expect(stdout + stderr).toContain(why);
  });
});
