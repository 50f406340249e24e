import { type BuildOptions, build } from 'esbuild';

// When the packages run from their source, so do the bundles.
const fromSource = process.execArgv.some((argument) => argument.includes('@remote-display/source'));

/** Bundles one entry for a browser and gives its text. */
export async function bundle(
  entry: string,
  format: BuildOptions['format'] = 'esm',
): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format,
    minify: true,
    target: 'chrome120',
    platform: 'browser',
    logLevel: 'silent',
    conditions: fromSource ? ['@remote-display/source'] : [],
  });
  return outputFiles?.[0]?.text ?? '';
}
