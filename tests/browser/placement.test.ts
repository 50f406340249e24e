import { fileURLToPath } from 'node:url';
import type { Evidence } from '@remote-display/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { type LaunchOptions, launch, type TestBrowser } from './support/chromium.ts';
import { type FaultServer, startFaultServer } from './support/fault-server.ts';

type Answer = { state: string; code?: string; detail?: string; evidence: Evidence };

const WORKER = fileURLToPath(new URL('./support/handler-worker.ts', import.meta.url));

let browser: TestBrowser | undefined;
let documents: FaultServer | undefined;
afterEach(async () => {
  await browser?.close();
  await documents?.close();
});

async function showOn(
  displayIndex: number,
  options: Omit<LaunchOptions, 'worker'>,
): Promise<Answer> {
  documents = await startFaultServer();
  browser = await launch({ worker: WORKER, ...options });
  const { worker } = browser;
  await expect.poll(() => worker.evaluate(() => 'show' in globalThis)).toBe(true);
  return worker.evaluate(
    ([origin, index]) => {
      const { show } = globalThis as unknown as { show: (...args: unknown[]) => Promise<Answer> };
      return show(`${origin}/ok`, index, [origin], 10_000);
    },
    [documents.origin, displayIndex] as const,
  );
}

describe('a document fills its display', () => {
  it.each([
    [
      'to the left of the primary',
      '{0,0 1920x1080}{-1280,0 1280x1024}',
      1,
      { left: -1280, top: 0 },
    ],
    ['above the primary', '{0,0 1920x1080}{0,-1024 1280x1024}', 1, { left: 0, top: -1024 }],
    [
      'as the second of three',
      '{0,0 800x600}{1600,0 800x600}{800,0 800x600}',
      1,
      { left: 800, top: 0 },
    ],
    ['as the only one', '{0,0 1920x1080}', 0, { left: 0, top: 0, width: 1920 }],
  ])('%s', async (_, displays, index, bounds) => {
    expect(await showOn(index, { displays })).toMatchObject({
      state: 'shown',
      evidence: { bounds },
    });
  });

  it('though the browser was told a place for its windows', async () => {
    const args = ['--window-position=50,50', '--window-size=800,600'];
    expect(await showOn(1, { args })).toMatchObject({
      state: 'shown',
      evidence: { bounds: { left: 1920, top: 0, width: 1280, height: 1024 } },
    });
  });
});
