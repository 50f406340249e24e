import { defineConfig } from 'vitest/config';

// Our packages are tested from their source. Only this one condition: Node's own must stay as they
// are, or CommonJS dependencies would be given ES modules.
const conditions = ['@remote-display/source'];
const source = { resolve: { conditions }, ssr: { resolve: { conditions } } };

const project = (name: string, include: string[], test: object = {}) => ({
  ...source,
  test: { name, include, testTimeout: 15_000, hookTimeout: 30_000, ...test },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', [
        'packages/*/src/**/*.test.ts',
        'examples/**/*.test.ts',
        'bench/src/**/*.test.ts',
      ]),
      project('integration', ['tests/{integration,doors,docs}/**/*.test.ts']),
      project('simulation', ['tests/simulation/**/*.test.ts'], { testTimeout: 120_000 }),
      project('browser', ['tests/browser/**/*.test.ts'], {
        testTimeout: 60_000,
        hookTimeout: 60_000,
        fileParallelism: false,
      }),
      project('faults', ['tests/faults/**/*.test.ts'], {
        testTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
});
