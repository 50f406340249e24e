import {
  type Handlers,
  memoryInboxStorage,
  Operator,
  RemoteDisplayClient,
  type RemoteDisplayClientOptions,
  systemClock,
  TokenManager,
  type TokenManagerOptions,
} from '@remote-display/client';
import type { CommandView } from '@remote-display/protocol';
import type { RemoteDisplayOptions } from '@remote-display/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

// Heartbeats, backoffs and slow lines take their time.
vi.setConfig({ testTimeout: 60_000 });

// As long as a test may wait for what needs a heartbeat or a retry.
const patiently = { timeout: 8_000 };
// Many heartbeats of those tests that set them short, and none of the default.
const soon = { timeout: 3_000 };

let server: TestServer;
let proxy: TcpProxy;
let operator: Operator;
let closing: (() => unknown)[] = [];

async function begin(options: Partial<RemoteDisplayOptions> = {}): Promise<void> {
  server = await startServer(options);
  proxy = await TcpProxy.start(Number(new URL(server.url).port));
  const tokens = new TokenManager({ serverUrl: server.url, tokens: server.admin });
  operator = new Operator({ serverUrl: server.url, tokens });
  closing.push(
    () => operator.close(),
    () => tokens.stop(),
  );
}

afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  for (const close of closing) await close();
  closing = [];
  await proxy.close();
  await server.close();
});

interface Station {
  client: RemoteDisplayClient;
  /** The orders that were begun, one entry each time. */
  begun: string[];
  states: string[];
}

/** A device behind the proxy; its tokens come straight from the server, unless told otherwise. */
async function station(
  options: Partial<RemoteDisplayClientOptions> & {
    token?: Partial<TokenManagerOptions>;
    /** How long its handler takes. */
    takesMs?: number;
  } = {},
): Promise<Station> {
  const { token, takesMs = 0, ...rest } = options;
  const paired = await server.pair('station-1');
  const tokens = new TokenManager({ serverUrl: server.url, tokens: paired.tokens, ...token });
  const begun: string[] = [];
  const states: string[] = [];
  const handlers: Handlers = {
    navigate: async ({ payload }) => {
      begun.push(payload.orderId);
      await pause(takesMs);
    },
  };
  const client = new RemoteDisplayClient({
    serverUrl: proxy.url,
    tokens,
    handlers,
    inbox: memoryInboxStorage(),
    ...rest,
  });
  client.on('state', ({ status }) => states.push(status));
  closing.push(
    () => client.close(),
    () => tokens.stop(),
  );
  return { client, begun, states };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const wish = (orderId: string, displayIndex = 1) => ({
  orderId,
  screenId: 'station-1',
  displayIndex,
});

const endOf = async (orderId: string) =>
  (await operator.trigger(wish(orderId), { wait: 'shown' })).state;

/** How often the server has told that the screen is gone. */
function offlines(): () => number {
  let count = 0;
  server.display.events.on('screen.offline', () => {
    count++;
  });
  return () => count;
}

const attempts = ({ history }: CommandView) =>
  Math.max(...history.map(({ attempt }) => attempt ?? 0));

describe('where WebSocket is blocked', () => {
  it('goes on by polling', async () => {
    await begin();
    proxy.blockWebSocket(true);
    const { client, states } = await station();
    await client.connect();
    expect(await endOf('PO-1')).toBe('shown');
    expect(states).toEqual(['connecting', 'online']);
  });

  it('goes on by polling too where a WebSocket is never answered', async () => {
    await begin();
    proxy.blockWebSocket('silent');
    const { client } = await station();
    await client.connect();
    expect(await endOf('PO-1')).toBe('shown');
  });
});

describe('a line that was cut', () => {
  it('is found again, with what was accepted meanwhile, and each change of state is told', async () => {
    await begin();
    const { client, begun, states } = await station();
    expect(client.state.status).toBe('idle');
    await client.connect();
    const gone = offlines();
    proxy.cut();
    await expect.poll(gone).toBe(1);
    await expect
      .poll(() => client.state)
      .toMatchObject({
        status: 'offline',
        reason: { code: 'CONNECTION_REFUSED' },
      });
    const { commandId } = await operator.trigger(wish('PO-1'));
    proxy.restore();
    expect(await operator.wait(commandId)).toMatchObject({ state: 'shown' });
    expect(begun).toEqual(['PO-1']);
    expect(states).toEqual(['connecting', 'online', 'offline', 'online']);
    await client.close();
    expect(states.slice(4)).toEqual(['stopped']);
  });

  it('takes with it no outcome of what ended meanwhile', async () => {
    await begin();
    let begun = 0;
    const navigate = async () => {
      begun++;
      proxy.cut();
      await expect.poll(() => client.state.status).toBe('offline');
    };
    const { client } = await station({ handlers: { navigate } });
    const outcome = new Promise((resolve) => client.on('outcome', resolve));
    await client.connect();
    const { commandId } = await operator.trigger(wish('PO-1'));
    await outcome;
    proxy.restore();
    expect(await operator.wait(commandId)).toMatchObject({ state: 'shown' });
    expect(begun).toBe(1);
  });

  it('is not looked for by a client that was closed, until it connects again', async () => {
    await begin();
    const { client, states } = await station();
    await client.connect();
    proxy.cut();
    await expect.poll(() => client.state.status).toBe('offline');
    await client.close();
    proxy.restore();
    await client.connect();
    expect(await endOf('PO-1')).toBe('shown');
    expect(states).toEqual(['connecting', 'online', 'offline', 'stopped', 'connecting', 'online']);
    expect(proxy.connections).toBe(1);
  });

  it('ends no watch of an operator, who is told that it is on again', async () => {
    await begin();
    const { client } = await station();
    await client.connect();
    const tokens = new TokenManager({ serverUrl: server.url, tokens: server.admin });
    const watching = new Operator({ serverUrl: proxy.url, tokens });
    closing.push(
      () => watching.close(),
      () => tokens.stop(),
    );
    const states: string[] = [];
    watching.onState(({ status }) => states.push(status));
    const views: string[] = [];
    // A listener that throws ends nothing either.
    await watching.watch({ screenId: 'station-1' }, () => {
      throw new Error('from a listener');
    });
    await watching.watch({ screenId: 'station-1' }, (view) => {
      if ('state' in view) views.push(`${view.orderId} ${view.state}`);
    });
    proxy.cut();
    await expect.poll(() => states).toEqual(['connecting', 'online', 'offline']);
    proxy.restore();
    await expect.poll(() => states).toEqual(['connecting', 'online', 'offline', 'online']);
    await operator.trigger(wish('PO-1'));
    await expect.poll(() => views).toContain('PO-1 shown');
  });

  it('is tried at once when the browser says that it is online again', async () => {
    await begin();
    const browser = new EventTarget();
    vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser));
    vi.stubGlobal('removeEventListener', browser.removeEventListener.bind(browser));
    // A backoff that is never over: whoever comes back was told to.
    const schedule: typeof systemClock.schedule = (ms, task) =>
      ms >= 100 && ms <= 1_000 ? () => {} : systemClock.schedule(ms, task);
    const { client } = await station({ clock: { ...systemClock, schedule } });
    await client.connect();
    proxy.cut();
    await expect.poll(() => client.state.status).toBe('offline');
    proxy.restore();
    browser.dispatchEvent(new Event('online'));
    await expect.poll(() => client.state.status).toBe('online');
    await expect.poll(() => proxy.connections).toBe(1);
  });

  it('ten times a second, under load, loses nothing, runs nothing twice and keeps the order of each slot', async () => {
    await begin();
    const { client, begun, states } = await station({ takesMs: 15 });
    await client.connect();
    let isOver = false;
    const flapping = (async () => {
      while (!isOver) {
        await pause(50);
        proxy.cut();
        await pause(50);
        proxy.restore();
      }
    })();
    const triggered: CommandView[] = [];
    const timesOnline = () => states.filter((status) => status === 'online').length;
    // Long enough that commands fall into every moment of coming and going.
    for (let n = 0; n < 120 || timesOnline() < 6; n++) {
      const slot = n % 8;
      triggered.push(await operator.trigger(wish(`${slot}/${n}`, slot)));
      await pause(20);
    }
    isOver = true;
    await flapping;
    const ended = await Promise.all(
      triggered.map(({ commandId }) => operator.wait(commandId, { timeoutMs: 20_000 })),
    );
    expect(ended.filter(({ state }) => state !== 'shown' && state !== 'superseded')).toEqual([]);
    // Nothing came after the last of each slot.
    expect(ended.slice(-8).map(({ state }) => state)).toEqual(Array(8).fill('shown'));
    expect(begun).toEqual([...new Set(begun)]);
    for (let slot = 0; slot < 8; slot++) {
      const order = begun.filter((id) => id.startsWith(`${slot}/`)).map((id) => +id.slice(2));
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
    for (const { orderId, state } of ended) if (state === 'shown') expect(begun).toContain(orderId);
    // One socket, and not a second one that was left behind.
    await expect.poll(() => client.state.status, patiently).toBe('online');
    await expect.poll(() => proxy.connections, patiently).toBe(1);
  });
});

describe('a line that is dead without a word', () => {
  it.each([
    ['both', 'websocket'],
    ['up', 'websocket'],
    ['down', 'websocket'],
    ['both', 'polling'],
    ['up', 'polling'],
    ['down', 'polling'],
  ] as const)(
    'is noticed on both ends, and what was sent into it arrives once (%s, %s)',
    async (direction, transport) => {
      await begin({ heartbeat: { intervalMs: 200, timeoutMs: 200 } });
      const { client, begun, states } = await station({ transports: [transport] });
      await client.connect();
      const gone = offlines();
      proxy.halfOpen(direction);
      const { commandId } = await operator.trigger(wish('PO-1'));
      // The heartbeat alone can tell either end: nothing else comes through, or back.
      await expect.poll(() => states, soon).toContain('offline');
      await expect.poll(gone, soon).toBe(1);
      proxy.restore();
      expect(await operator.wait(commandId)).toMatchObject({ state: 'shown' });
      expect(begun).toEqual(['PO-1']);
      await expect.poll(() => client.state.status, patiently).toBe('online');
      await expect.poll(() => proxy.connections, patiently).toBe(1);
    },
  );
});

describe('a slow line', () => {
  it('of two seconds each way is no dead line, and nothing is sent twice', async () => {
    await begin({ heartbeat: { intervalMs: 2_000, timeoutMs: 5_000 } });
    proxy.delay(2_000);
    const { client, begun, states } = await station();
    await client.connect();
    const shown = await operator.trigger(wish('PO-1'), { wait: 'shown', timeoutMs: 20_000 });
    expect(shown.state).toBe('shown');
    expect(attempts(shown)).toBe(1);
    expect(begun).toEqual(['PO-1']);
    expect(states).toEqual(['connecting', 'online']);
  });

  it('of five kilobytes a second is no dead line, and nothing is sent twice', async () => {
    await begin({ heartbeat: { intervalMs: 500, timeoutMs: 5_000 } });
    proxy.throttle(5_000);
    const { client, begun, states } = await station();
    await client.connect();
    const orders = Array.from({ length: 16 }, (_, n) => wish(`PO-${n}`, n));
    const ended = await Promise.all(
      orders.map((order) => operator.trigger(order, { wait: 'shown', timeoutMs: 30_000 })),
    );
    expect(ended.map(({ state }) => state)).toEqual(orders.map(() => 'shown'));
    expect(ended.map(attempts)).toEqual(orders.map(() => 1));
    expect(begun).toHaveLength(16);
    expect(states).toEqual(['connecting', 'online']);
  });
});

describe('a clock that is set', () => {
  it.each([
    ['back', -3_600_000],
    ['forward', 3_600_000],
  ])(
    '%s by an hour, on the server and here, keeps no new command from being shown',
    async (_, by) => {
      await begin();
      const { client } = await station();
      await client.connect();
      const now = Date.now.bind(Date);
      vi.spyOn(Date, 'now').mockImplementation(() => now() + by);
      expect(await endOf('PO-1')).toBe('shown');
    },
  );
});

describe('a token endpoint that is down', () => {
  /** A way to the token endpoint that can be closed. */
  function tokenWay() {
    const way = { isDown: false, refused: 0, renewed: 0 };
    const fetch: TokenManagerOptions['fetch'] = async (url, init) => {
      if (way.isDown) {
        way.refused++;
        throw new TypeError('fetch failed');
      }
      way.renewed++;
      return globalThis.fetch(url, init);
    };
    return { way, fetch };
  }

  it('for a moment costs one renewal, and the socket keeps its rights', async () => {
    await begin({ tokens: { accessTtlMs: 6_000 } });
    const { way, fetch } = tokenWay();
    const { client, states } = await station({ token: { fetch } });
    await client.connect();
    const firstEnds = Date.now() + 6_000;
    way.isDown = true;
    await expect.poll(() => way.refused, patiently).toBe(1);
    way.isDown = false;
    await expect.poll(() => Date.now(), patiently).toBeGreaterThan(firstEnds + 1_000);
    expect(way).toMatchObject({ refused: 1, renewed: 1 });
    expect(states).toEqual(['connecting', 'online']);
    expect(await endOf('PO-1')).toBe('shown');
  });

  it('for longer than a token lives is no storm, and costs one renewal', async () => {
    await begin({ tokens: { accessTtlMs: 3_000 } });
    const { way, fetch } = tokenWay();
    const { client, begun, states } = await station({ token: { fetch } });
    await client.connect();
    way.isDown = true;
    await expect.poll(() => client.state.status, patiently).toBe('offline');
    const { commandId } = await operator.trigger(wish('PO-1'));
    await expect.poll(() => way.refused, patiently).toBeGreaterThan(2);
    // Waits of at least 0.5, 1, 2 s: in the five seconds or so since it was due, no more than this.
    expect(way.refused).toBeLessThan(7);
    way.isDown = false;
    expect(await operator.wait(commandId, { timeoutMs: 15_000 })).toMatchObject({
      state: 'shown',
    });
    expect(way.renewed).toBe(1);
    expect(begun).toEqual(['PO-1']);
    expect(states).toEqual(['connecting', 'online', 'offline', 'online']);
  });
});
