import { beforeEach, describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const HOUR = 3_600_000;

let clock: VirtualClock;
let server: ServerClock;
/** The server's clock less ours. */
let ahead: number;
beforeEach(() => {
  clock = new VirtualClock();
  server = new ServerClock(clock);
  ahead = 3 * HOUR;
});

const truth = () => clock.now() + ahead;
const error = () => server.now() - truth();

/** A message that the server sent `delayMs` ago, and in which it had last heard of us `silentMs` before that. */
async function message(delayMs = 0, silentMs = 0): Promise<void> {
  const sentAfter = clock.monotonic() - silentMs;
  const sentAt = truth();
  await clock.advance(delayMs);
  server.hear(sentAt, sentAfter);
}

describe('ServerClock', () => {
  it('goes by our own clock until the server has told', () => {
    expect(server.now()).toBe(clock.now());
  });

  it('goes by the server ever after, and does not follow our clock', async () => {
    await message();
    const told = server.now();
    clock.set(-HOUR);
    await clock.advance(1_000);
    expect(server.now()).toBe(told + 1_000);
  });

  it('is behind by the way of the fastest message, however long the server took to answer', async () => {
    await message(300, 8_000);
    expect(error()).toBe(-300);
    await message(20);
    expect(error()).toBe(-20);
    await message(5_000);
    expect(error()).toBe(-20);
  });

  it.each([1_000, 59_000, HOUR])(
    'follows the server’s clock that was set forward by %s ms with the next message',
    async (by) => {
      await message();
      ahead += by;
      await message(10, 10 * HOUR);
      expect(error()).toBe(-10);
    },
  );

  it.each([1_000, 59_000, HOUR])(
    'follows the server’s clock that was set back by %s ms with the first message that cannot have been under way so long',
    async (by) => {
      await message();
      ahead -= by;
      await message(10, by - 11);
      expect(error()).toBe(-10);
    },
  );

  it('takes what may have been under way so long for a slow message: nothing begins too late', async () => {
    await message();
    ahead -= 20_000;
    await message(10, 30_000);
    expect(error()).toBe(20_000);
  });

  it('follows a clock that goes wrong, in either direction', async () => {
    for (const drift of [-7, 7])
      for (let hour = 0; hour < 24 * 7; hour++) {
        ahead += drift;
        await message(1, 3);
        expect(Math.abs(error())).toBeLessThanOrEqual(4);
      }
  });
});
