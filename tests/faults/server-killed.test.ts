import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Handlers, Operator, RemoteDisplayClient, TokenManager } from '@remote-display/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/server-process.ts';

let folder: string;
let server: ServerProcess;
let closing: (() => unknown)[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'remote-display-'));
  server = await ServerProcess.start(join(folder, 'test.db'));
  closing = [];
});
afterEach(async () => {
  for (const close of closing) await close();
  await server.kill();
  rmSync(folder, { recursive: true });
});

async function station(screenId: string, handlers: Handlers): Promise<RemoteDisplayClient> {
  const { tokens: pair } = await server.pair(screenId);
  const tokens = new TokenManager({ serverUrl: server.url, tokens: pair });
  const client = new RemoteDisplayClient({ serverUrl: server.url, tokens, handlers });
  closing.push(
    () => client.close(),
    () => tokens.stop(),
  );
  return client;
}

function operator(): Operator {
  const tokens = new TokenManager({ serverUrl: server.url, tokens: server.admin });
  const made = new Operator({ serverUrl: server.url, tokens, maxTries: 50 });
  closing.push(
    () => made.close(),
    () => tokens.stop(),
  );
  return made;
}

const wish = { orderId: 'PO-1', screenId: 'station-1', displayIndex: 1 };

describe('a server that is killed with -9', () => {
  it('has what it accepted while nobody was connected', async () => {
    const shown: string[] = [];
    const client = await station('station-1', { navigate: async ({ id }) => void shown.push(id) });
    const { commandId } = await operator().trigger(wish);
    await server.kill();
    await server.restart();
    await client.connect();
    expect(await operator().wait(commandId)).toMatchObject({ state: 'shown' });
    expect(shown).toEqual([commandId]);
  });

  it('between accept and shown, learns afterwards that it was shown, once', async () => {
    let finish = () => {};
    let runs = 0;
    const begun = Promise.withResolvers<void>();
    const client = await station('station-1', {
      navigate: () => {
        runs++;
        begun.resolve();
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    });
    await client.connect();
    const { commandId } = await operator().trigger(wish);
    await begun.promise;
    await server.kill();
    await expect.poll(() => client.state.status).toBe('offline');
    // Nobody is there to be told: the device keeps the outcome.
    finish();
    await server.restart();
    expect(await operator().wait(commandId)).toMatchObject({ state: 'shown', attempt: 1 });
    expect(runs).toBe(1);
  });

  it('again and again under load loses nothing and shows nothing twice', {
    timeout: 90_000,
  }, async () => {
    const runs = new Map<string, number>();
    const screens = ['station-1', 'station-2', 'station-3', 'station-4'];
    for (const screenId of screens) {
      const client = await station(screenId, {
        navigate: async ({ id }) => void runs.set(id, (runs.get(id) ?? 0) + 1),
      });
      await client.connect();
    }
    const sender = operator();
    const accepted: string[] = [];
    let killing = true;
    const load = screens.map(async (screenId) => {
      for (let n = 0; killing || n < 50; n++) {
        const orderId = `PO-${screenId}-${n}`;
        accepted.push((await sender.trigger({ orderId, screenId, displayIndex: n % 4 })).commandId);
      }
    });
    for (let kill = 0; kill < 8; kill++) {
      const before = accepted.length;
      await expect
        .poll(() => accepted.length, { timeout: 20_000 })
        .toBeGreaterThan(before + 10 + kill * 7);
      await server.kill();
      await server.restart();
    }
    killing = false;
    await Promise.all(load);
    const states = new Map<string, number>();
    for (const id of new Set(accepted)) {
      const { state } = await sender.wait(id, { timeoutMs: 20_000 });
      states.set(state, (states.get(state) ?? 0) + 1);
      if (state === 'shown') expect(runs.get(id), `${id} was shown`).toBeGreaterThan(0);
      expect(runs.get(id) ?? 0, `${id} ran`).toBeLessThanOrEqual(1);
    }
    expect([...states.keys()].sort()).toEqual(expect.arrayContaining(['shown']));
    const ended = (states.get('shown') ?? 0) + (states.get('superseded') ?? 0);
    expect(ended).toBe(new Set(accepted).size);
  });
});
