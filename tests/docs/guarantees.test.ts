import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(`${ROOT}docs/guarantees.md`, 'utf8');
const files = globSync(['packages/*/src/**/*.ts', 'tests/**/*.ts'], { cwd: ROOT });

/** What the page names as shown by: a file, and in it perhaps a test. */
function named(): { file: string; test: string | undefined }[] {
  const found: { file: string; test: string | undefined }[] = [];
  for (const [, text = ''] of page.matchAll(/`([^`]+)`/g)) {
    const [file = '', test] = text.split(' › ');
    if (file === '' && test !== undefined) found.push({ file: found.at(-1)?.file ?? '', test });
    else if (/^(integration|faults|simulation)\//.test(file) || file.endsWith('.test.ts'))
      found.push({ file, test });
    else if (test !== undefined) found.push({ file, test });
  }
  return found;
}

const matching = (file: string) =>
  files.filter((each) => {
    const plain = each.replace(/\.test\.ts$|\.ts$/, '');
    return plain.endsWith(`/${file.replace(/\.test\.ts$/, '')}`);
  });

it('the guarantees name tests', () => {
  expect(named().length).toBeGreaterThan(25);
});

it.each(named())('the guarantees name what there is: $file › $test', ({ file, test }) => {
  const sources = matching(file).map((each) => readFileSync(`${ROOT}${each}`, 'utf8'));
  expect(sources, `no file ${file}`).not.toEqual([]);
  if (test === undefined) return;
  // A name may be given shortened, with … at its end.
  const words = test.replace(/…$/, '').trim();
  expect(
    sources.some((source) => source.includes(words)),
    `no test "${words}" in ${file}`,
  ).toBe(true);
});
