import { once } from 'node:events';
import { readOptions } from './demo/options.ts';
import { createReport } from './demo/report.ts';
import { withSystem } from './demo/run.ts';

// Shows the whole system at work: scans orders and waits until each one is on the glass.
//   node demo.ts [--headless] [--json] [--orders 5] [--screenshots ./screenshots]

async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2));
  const report = createReport(options.json);
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);

  return withSystem(options, report, async ({ context, scanOrders }) => {
    const results = await Promise.race([scanOrders(), interrupted.then(() => undefined)]);
    if (!results) return false;
    report.summary(results);
    report.progress(`Pictures: ${options.screenshots}`);
    const allShown =
      results.length === options.orders && results.every(({ state }) => state === 'shown');
    if (!options.headless && !options.json) {
      report.progress('Scan more by hand: PO-2026-1001 to PO-2026-1028. Ctrl-C ends the demo.');
      await Promise.race([interrupted, context.waitForEvent('close', { timeout: 0 })]);
    }
    return allShown;
  });
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
