import { defineConfig } from 'tsup';

export default defineConfig({
  // The worker lies beside the entry that starts it.
  entry: {
    index: 'src/index.ts',
    'http/hono': 'src/http/hono.ts',
    'sqlite-worker': 'src/store/sqlite/sqlite-worker.ts',
  },
  format: ['esm', 'cjs'],
  dts: { entry: { index: 'src/index.ts', 'http/hono': 'src/http/hono.ts' } },
  sourcemap: true,
  clean: true,
  treeshake: true,
  shims: true,
  // Chunks would move the code away from the worker that it looks for beside itself.
  splitting: false,
  // node:sqlite has no name without its prefix.
  removeNodeProtocol: false,
});
