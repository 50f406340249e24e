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
  server = await ServerProcess.start({ store: { kind: 'sqlite', path: join(folder, 'test.db') } });
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
});
