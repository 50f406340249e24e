import { beforeEach, describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const HOUR = 3_600_000;

let clock: VirtualClock;
let server: ServerClock;
beforeEach(() => {
  clock = new VirtualClock();
  server = new ServerClock(clock);
});

describe('ServerClock', () => {
  it('goes by our own clock until the server has told', () => {
    expect(server.now()).toBe(clock.now());
  });

  it('takes the server’s time from the middle of a round trip, and does not follow our clock', async () => {
    const askedAt = clock.monotonic();
    const serverTime = clock.now() + 3 * HOUR;
    await clock.advance(400);
    server.learn(serverTime, askedAt);
    expect(server.now()).toBe(serverTime + 200);
    clock.set(-HOUR);
    await clock.advance(1_000);
    expect(server.now()).toBe(serverTime + 1_200);
  });

  it('takes no message’s delay for a clock that was set', async () => {
    server.learn(clock.now(), clock.monotonic());
    const sentAt = server.now();
    await clock.advance(60_000);
    server.hear(sentAt);
    expect(server.now()).toBe(sentAt + 60_000);
  });

  it.each([
    ['back', -HOUR],
    ['forward', HOUR],
  ])('follows the server’s clock that was set %s by an hour', async (_, by) => {
    server.learn(clock.now(), clock.monotonic());
    const sentAt = server.now() + by;
    server.hear(sentAt);
    await clock.advance(1_000);
    expect(server.now()).toBe(sentAt + 1_000);
  });
});
