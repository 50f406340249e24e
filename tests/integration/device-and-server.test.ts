import {
  Operator,
  RemoteDisplayClient,
  type RemoteDisplayClientOptions,
  systemClock,
  TokenManager,
} from '@remote-display/client';
import { RemoteDisplayError } from '@remote-display/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Engine } from '../../packages/server/src/engine/engine.ts';
import { startServer, type TestServer } from '../support/server.ts';

// What a device makes of a server that has another, forgets it, or has another time.
let server: TestServer;
let operator: Operator;
let closing: (() => unknown)[];

beforeEach(async () => {
  // So rare that a clock may be set by half a minute before the line itself finds it odd.
  server = await startServer({ heartbeat: { intervalMs: 50_000, timeoutMs: 10_000 } });
  const tokens = new TokenManager({ serverUrl: server.url, tokens: server.admin });
  operator = new Operator({ serverUrl: server.url, tokens });
  closing = [() => operator.close(), () => tokens.stop()];
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing) await close();
  await server.close();
});

interface Station {
  client: RemoteDisplayClient;
  /** The orders that were painted. */
  painted: string[];
  /** The states that it went through, with the reason where there was one. */
  states: string[];
  errors: RemoteDisplayError[];
}

async function station(options: Partial<RemoteDisplayClientOptions> = {}): Promise<Station> {
  const paired = await server.pair('station-1');
  const tokens = new TokenManager({ serverUrl: server.url, tokens: paired.tokens });
  const painted: string[] = [];
  const client = new RemoteDisplayClient({
    serverUrl: server.url,
    tokens,
    handlers: { navigate: async ({ payload }) => void painted.push(payload.orderId) },
    ...options,
  });
  const states: string[] = [];
  const errors: RemoteDisplayError[] = [];
  client.on('state', ({ status, reason }) =>
    states.push(reason ? `${status} ${reason.code}` : status),
  );
  client.on('error', (error) => errors.push(error));
  closing.push(
    () => client.close(),
    () => tokens.stop(),
  );
  return { client, painted, states, errors };
}

const wish = (orderId: string) => ({ orderId, screenId: 'station-1', displayIndex: 1 });
const show = (orderId: string, ttl?: number) =>
  operator.trigger({ ...wish(orderId), ...(ttl ? { ttl } : {}) }, { wait: 'shown' });

describe('a device whose screen another has', () => {
  it('stops what is at work, and can have the screen again', async () => {
    const painted: string[] = [];
    let began = () => {};
    const atWork = new Promise<void>((resolve) => {
      began = resolve;
    });
    let left = false;
    const older = await station({
      handlers: {
        navigate: async ({ payload: { orderId } }, { signal }) => {
          began();
          // The first one takes its time, until it is told to stop.
          if (orderId === 'A')
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
          left = signal.aborted;
          signal.throwIfAborted();
          painted.push(orderId);
        },
      },
    });
    await older.client.connect();
    await operator.trigger(wish('A'));
    await atWork;
    const newer = await station();
    await newer.client.connect();
    await expect.poll(() => left).toBe(true);
    expect(older.client.state).toMatchObject({
      status: 'stopped',
      reason: { code: 'SCREEN_TAKEN_OVER' },
    });
    expect((await show('B')).state).toBe('shown');
    expect([painted, newer.painted.at(-1)]).toEqual([[], 'B']);
    await older.client.connect();
    expect((await show('C')).state).toBe('shown');
    expect([painted, newer.painted.at(-1)]).toEqual([['C'], 'B']);
    expect(newer.client.state.status).toBe('stopped');
  });

  it('begins nothing that it had still to store', async () => {
    let stored = () => {};
    const isAsked = new Promise<void>((asked) => {
      stored = asked;
    });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const older = await station({
      inbox: {
        load: async () => [],
        save: async () => {
          stored();
          await held;
        },
        remove: async () => {},
      },
    });
    await older.client.connect();
    await operator.trigger(wish('A'));
    await isAsked;
    const newer = await station();
    await newer.client.connect();
    await expect.poll(() => older.client.state.status).toBe('stopped');
    expect((await show('B')).state).toBe('shown');
    release();
    // Whatever the storage lets go on has gone on once this has come and gone.
    await new Promise((resolve) => setImmediate(resolve));
    expect(older.painted).toEqual([]);
  });
});

describe('a connection', () => {
  it('that another one of the same device has replaced comes back', async () => {
    const { client, states } = await station({ instance: 'pc-1' });
    await client.connect();
    const other = await station({ instance: 'pc-1' });
    await other.client.connect();
    await other.client.close();
    await expect
      .poll(() => states)
      .toEqual(['connecting', 'online', 'offline CONNECTION_REPLACED', 'online']);
    expect((await show('PO-1')).state).toBe('shown');
  });

  it('over which the server takes no report any more makes way for a new one', async () => {
    const { client, states } = await station();
    await client.connect();
    const report = vi
      .spyOn(Engine.prototype, 'report')
      .mockRejectedValue(new RemoteDisplayError('SCREEN_TAKEN_OVER'));
    client.on('state', ({ status }) => {
      if (status === 'offline') report.mockRestore();
    });
    expect((await show('PO-1')).state).toBe('shown');
    expect(states).toEqual(['connecting', 'online', 'offline SCREEN_TAKEN_OVER', 'online']);
  });
});

describe('the displays that a device tells', () => {
  const display = {
    index: 0,
    primary: true,
    bounds: { left: 0, top: 0, width: 1_920, height: 1_080 },
  };
  const known = async () => (await operator.screens())[0]?.displays;

  it('stay known where it cannot tell them the next time', async () => {
    let fails = false;
    const { client, errors } = await station({
      displays: async () => {
        if (fails) throw new Error('no permission');
        return [display];
      },
    });
    const told = vi.fn();
    server.display.events.on('screen.displays', told);
    await client.connect();
    expect(await known()).toEqual([display]);
    fails = true;
    await client.close();
    await client.connect();
    expect(await known()).toEqual([display]);
    expect(told).toHaveBeenCalledTimes(1);
    expect(errors).toHaveLength(1);
  });

  it('keep it from its work for two seconds at most where they are not told', async () => {
    const { client, errors } = await station({ displays: () => new Promise(() => {}) });
    await client.connect();
    expect(errors).toMatchObject([{ code: 'INTERNAL' }]);
    expect((await show('PO-1')).state).toBe('shown');
  });
});

describe('a device whose storage hangs', () => {
  it('says so, and can connect when that is mended', async () => {
    // Whoever waits for five seconds has waited long enough.
    const schedule: typeof systemClock.schedule = (ms, task) =>
      systemClock.schedule(ms === 5_000 ? 0 : ms, task);
    const load = vi.fn<() => Promise<never[]>>().mockReturnValueOnce(new Promise(() => {}));
    load.mockResolvedValue([]);
    const inbox = { load, save: async () => {}, remove: async () => {} };
    const { client } = await station({ clock: { ...systemClock, schedule }, inbox });
    await expect(client.connect()).rejects.toMatchObject({ code: 'INTERNAL' });
    await client.connect();
    expect(client.state.status).toBe('online');
  });
});

describe('a server’s clock that was set while nothing was said', () => {
  const ttl = 10_000;

  it.each([
    ['back by less than a message may take', -20_000, 2],
    ['back by more than any message takes', -3_600_000, 1],
    ['forward', 20_000, 1],
  ])('%s keeps no new command from being shown', async (_, by, attempts) => {
    let passed = 0;
    const clock = { ...systemClock, monotonic: () => performance.now() + passed };
    const { client, painted, states } = await station({ clock });
    await client.connect();
    // Half a minute goes by without a word, and someone sets the server's clock.
    const now = Date.now.bind(Date);
    passed = 30_000;
    vi.spyOn(Date, 'now').mockImplementation(() => now() + passed + by);
    const { state, history } = await show('PO-1', ttl);
    expect(state).toBe('shown');
    expect(painted).toEqual(['PO-1']);
    expect(states).toEqual(['connecting', 'online']);
    expect(Math.max(...history.map(({ attempt }) => attempt ?? 0))).toBe(attempts);
  });
});
