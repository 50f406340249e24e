import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { buildStation } from '../build/station-extension.ts';
import { seedOrders } from '../orders/seed.ts';
import { launchChromium, placeOperatorWindow } from './chromium.ts';
import type { DemoOptions } from './options.ts';
import { documentPage, picture } from './pictures.ts';
import type { Report } from './report.ts';
import { openScanner, type ScanResult, scanner } from './scan-run.ts';
import { startServerProcess } from './server-process.ts';
import { pairStation, screenOnline } from './station.ts';

/** A whole system that is up: server, browser, station. */
export interface DemoSystem {
  context: BrowserContext;
  /** Scans, reports and takes the pictures; gives what became of each order. */
  scanOrders(): Promise<ScanResult[]>;
}

/** Runs `use` with the whole system up, and takes everything down again, however it ends. */
export async function withSystem<T>(
  options: DemoOptions,
  report: Report,
  use: (system: DemoSystem) => Promise<T>,
): Promise<T> {
  await using cleanup = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'remote-display-demo-'));
  cleanup.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));

  report.progress('Starting the server and building the station …');
  const [server, extension] = await Promise.all([
    startServerProcess(join(directory, 'remote-display.db')),
    buildStation(join(directory, 'station')),
  ]);
  cleanup.defer(() => server.stop());

  report.progress(
    options.headless ? 'Starting Chromium with two virtual displays …' : 'Starting Chromium …',
  );
  const profile = join(directory, 'profile');
  const context = await launchChromium({ headless: options.headless, profile, extension });
  cleanup.defer(() => context.close());

  const operatorPage = await context.newPage();
  if (options.headless) await placeOperatorWindow(operatorPage);
  await pairStation(server, context);
  const { displays } = await screenOnline(server);
  await openScanner(operatorPage, server.url);
  report.progress(
    `Paired ${server.screenId} with ${displays.length} display(s). Scanner: ${server.url}/scanner`,
  );

  if (displays.length === 1) {
    report.progress('There is one monitor only: the documents cover the scanner page on it.');
  }

  // Awaited here: the return of a promise alone would take everything down before it has settled.
  return await use({
    context,
    async scanOrders() {
      const scan = await scanner(operatorPage);
      const known = seedOrders();
      const results: ScanResult[] = [];
      for (let index = 0; index < options.orders; index += 1) {
        const order = known[index % known.length];
        if (!order) break;
        const result = await scan(order.id);
        results.push(result);
        report.result(result);
        if (result.state !== 'shown') continue;
        const page = documentPage(context, order.id);
        const blankMs = await picture(page, options.screenshots, `document-${order.id}`);
        if (blankMs) report.progress(`  ${order.id}  was seen blank for ${blankMs} ms after that`);
      }
      await picture(operatorPage, options.screenshots, 'scanner');
      return results;
    },
  });
}
