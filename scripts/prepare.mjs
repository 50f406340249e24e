// Makes a clone ready to run: npm packages, the programs that tests and demo need, and the built
// packages. Runs on Node 20 without any dependency; a second run finds everything done.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CACHE = join(ROOT, '.cache');
const PACKAGES = ['protocol', 'client', 'server', 'extension-kit'];
const PROGRAMS = {
  chromium: { commands: ['chromium', 'chromium-browser', 'google-chrome'], apt: 'chromium' },
  redis: { commands: ['redis-server'], apt: 'redis-server' },
};

/** The environment in which everything runs: our Node first, whatever Node started us. */
export function environment() {
  return {
    ...process.env,
    PATH: `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
  };
}

/** Runs a command under our Node and exits with its code if it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: environment(),
    ...options,
  });
  if (error) fail(`${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** Installs what is missing of `programs`, the npm packages, and the built packages unless `build` is false. */
export async function prepare({ programs = [], build = true } = {}) {
  installPackages();
  await installPrograms(programs);
  if (build) buildPackages();
}

function installPackages() {
  // npm leaves this file where it has finished, so a half-done installation is done again.
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  const wanted = join(ROOT, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  step('installing npm packages (npm ci)');
  // Node 24 is among them: until it is there, npm would warn of every package that asks for it.
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: ['ignore', 2, 2] });
}

async function installPrograms(programs) {
  const missing = programs.filter((name) => !PROGRAMS[name].commands.some(isInstalled));
  if (missing.length === 0) return;
  const packages = missing.map((name) => PROGRAMS[name].apt);
  const advice = `install ${missing.join(' and ')} (on Debian: apt-get install ${packages.join(' ')}) and run this again`;
  if (process.getuid?.() !== 0 || !isInstalled('apt-get'))
    fail(`missing: ${missing.join(', ')}; ${advice}`);
  if (process.stdin.isTTY && process.env.CI !== 'true') {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await terminal.question(
      `Install ${packages.join(' and ')} with apt-get? [Y/n] `,
    );
    terminal.close();
    if (/^n/i.test(answer.trim())) fail(advice);
  }
  step(`installing ${packages.join(', ')} (apt-get)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Standard output belongs to the command that follows, which may print JSON.
  const stdio = ['ignore', 2, 2];
  run('apt-get', ['update', '-q'], { env, stdio });
  run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env, stdio });
}

function buildPackages() {
  let changed = false;
  for (const name of PACKAGES) {
    const folder = join(ROOT, 'packages', name);
    const files = [
      ...filesIn(join(folder, 'src')),
      join(folder, 'package.json'),
      join(folder, 'tsup.config.ts'),
    ];
    const sources = digest([...files, join(ROOT, 'tsconfig.base.json')]);
    // What a package is built from includes the types of those below it.
    if (!changed && stampOf(name) === sources && existsSync(join(folder, 'dist', 'index.js')))
      continue;
    changed = true;
    step(`building @remote-display/${name}`);
    run('npm', ['run', '--silent', 'build', '-w', `@remote-display/${name}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    stamp(name, sources);
  }
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && !path.endsWith('.test.ts'))
    .sort();
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.slice(ROOT.length)).update(readFileSync(file));
  return hash.digest('hex');
}

function stampOf(name) {
  const file = join(CACHE, `${name}.stamp`);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function stamp(name, value) {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, `${name}.stamp`), value);
}

function isInstalled(command) {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Tells on standard error what is being done. */
export function step(text) {
  process.stderr.write(`> ${text}\n`);
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare();
