import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const DEMO = fileURLToPath(new URL('../../examples/f06/demo.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'remote-display-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the demo', () => {
  it('scans orders and has them shown on the second display, in a real browser with the real extension', async () => {
    const args = [DEMO, '--headless', '--json', '--orders', '4', '--screenshots', folder];
    const demo = spawn('node', args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 55_000 });
    const exited = new Promise((resolve) => demo.once('exit', resolve));
    const [output, progress] = await Promise.all([text(demo.stdout), text(demo.stderr)]);
    expect(await exited, progress).toBe(0);
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const figures = lines.pop();
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(line).toMatchObject({
        state: 'shown',
        displayIndex: 1,
        commandId: expect.any(String),
      });
      const { accepted, dispatched, received, shown } = line.timings;
      expect([accepted, dispatched, received, shown]).toEqual(
        [accepted, dispatched, received, shown].sort((a: number, b: number) => a - b),
      );
    }
    expect(figures).toEqual({ p50: expect.any(Number), p95: expect.any(Number) });
    const pictures = readdirSync(folder).filter(
      (name) => statSync(join(folder, name)).size > 5_000,
    );
    expect(pictures).toHaveLength(5);
  });
});
