import { RemoteDisplayError } from '@remote-display/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BreakerState, GuardedCall, type GuardedCallOptions } from './guarded-call.ts';

const TIMEOUT_MS = 100;
const RESET_MS = 1_000;

function guard(options: Partial<GuardedCallOptions> = {}) {
  const states: [string, BreakerState][] = [];
  const call = new GuardedCall({
    name: 'hook',
    timeoutMs: TIMEOUT_MS,
    timeoutCode: 'ORDER_LOOKUP_TIMEOUT',
    failureCode: 'ORDER_LOOKUP_FAILED',
    breaker: { failures: 3, resetMs: RESET_MS },
    onState: (name, state) => states.push([name, state]),
    ...options,
  });
  return { call, states };
}

const hang = () => new Promise<never>(() => {});
const fail = () => Promise.reject(new Error('down'));
/** The code that a call ends with, or what it answers. */
const ending = (call: Promise<unknown>) =>
  call.catch((error) => (error instanceof RemoteDisplayError ? error.code : error));

async function open(call: GuardedCall, failures = 3) {
  for (let i = 0; i < failures; i++) await ending(call.run(fail));
  expect(call.state).toBe('open');
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('one call', () => {
  it('hands on the answer, and leaves its signal alone', async () => {
    const { call } = guard();
    let signal: AbortSignal | undefined;
    const answer = call.run((given) => {
      signal = given;
      return 'answer';
    });
    await expect(answer).resolves.toBe('answer');
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS * 2);
    expect(signal?.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends at the timeout though the hook hangs and ignores its signal', async () => {
    const { call } = guard();
    let signal: AbortSignal | undefined;
    const ended = vi.fn();
    ending(
      call.run((given) => {
        signal = given;
        return hang();
      }),
    ).then(ended);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS - 1);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toHaveBeenCalledWith('ORDER_LOOKUP_TIMEOUT');
    expect(signal?.aborted).toBe(true);
  });

  it('is a timeout also where the hook answers the abort with an error of its own', async () => {
    const { call } = guard();
    const ended = ending(
      call.run(
        (signal) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new RemoteDisplayError('FORBIDDEN')));
          }),
      ),
    );
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    await expect(ended).resolves.toBe('ORDER_LOOKUP_TIMEOUT');
  });

  it('hears of no rejection that comes after the timeout', async () => {
    const { call } = guard();
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const hook = Promise.withResolvers<string>();
    const ended = ending(call.run(() => hook.promise));
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    await expect(ended).resolves.toBe('ORDER_LOOKUP_TIMEOUT');
    hook.reject(new Error('late'));
    vi.useRealTimers();
    // Node tells of unhandled rejections before the next turn.
    await new Promise((turn) => setTimeout(turn, 0));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('wraps what the hook throws, at once or later, and keeps it as the cause', async () => {
    const { call } = guard();
    const error = new Error('the password is 1234');
    const throwing = call.run(() => {
      throw error;
    });
    await expect(throwing).rejects.toMatchObject({
      code: 'ORDER_LOOKUP_FAILED',
      detail: 'hook',
      cause: error,
    });
    await expect(ending(call.run(() => Promise.reject(undefined)))).resolves.toBe(
      'ORDER_LOOKUP_FAILED',
    );
  });

  it("hands on the hook's own RemoteDisplayError", async () => {
    const { call } = guard();
    const error = new RemoteDisplayError('ORDER_OUT_OF_STOCK');
    await expect(call.run(() => Promise.reject(error))).rejects.toBe(error);
  });
});

describe('the number of calls', () => {
  it('is bounded, and one is taken again as soon as another ends', async () => {
    const { call } = guard({ maxConcurrent: 2 });
    const hook = Promise.withResolvers<string>();
    const first = call.run(() => hook.promise);
    const second = ending(call.run(hang));
    expect(call.running).toBe(2);
    await expect(ending(call.run(() => 'third'))).resolves.toBe('OVERLOADED');
    hook.resolve('first');
    await first;
    await expect(call.run(() => 'third')).resolves.toBe('third');
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    await second;
    expect(call.running).toBe(0);
  });

  it('being too great is no failure of the hook', async () => {
    const { call } = guard({ maxConcurrent: 1, breaker: { failures: 1 } });
    const held = ending(call.run(hang));
    await ending(call.run(() => 'one more'));
    expect(call.state).toBe('closed');
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    await held;
  });
});

describe('the breaker', () => {
  it('opens after so many failures in a row, of whichever kind, and then calls nobody', async () => {
    const { call, states } = guard();
    const hanging = ending(call.run(hang));
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    await hanging;
    await ending(call.run(fail));
    expect(call.state).toBe('closed');
    await ending(call.run(() => Promise.reject(new RemoteDisplayError('ORDER_LOOKUP_FAILED'))));
    expect(call.state).toBe('open');
    const hook = vi.fn();
    await expect(call.run(hook)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN', detail: 'hook' });
    expect(hook).not.toHaveBeenCalled();
    expect(states).toEqual([['hook', 'open']]);
  });

  it('opens after five unless told otherwise', async () => {
    const { call } = guard({ breaker: undefined });
    for (let i = 0; i < 4; i++) await ending(call.run(fail));
    expect(call.state).toBe('closed');
    await ending(call.run(fail));
    expect(call.state).toBe('open');
    await vi.advanceTimersByTimeAsync(9_999);
    await expect(ending(call.run(() => 'early'))).resolves.toBe('CIRCUIT_OPEN');
    await vi.advanceTimersByTimeAsync(1);
    await expect(call.run(() => 'again')).resolves.toBe('again');
  });

  it('takes an error about the order itself for an answer', async () => {
    const { call } = guard();
    const gone = () => Promise.reject(new RemoteDisplayError('ORDER_NOT_FOUND'));
    for (let i = 0; i < 10; i++)
      await expect(ending(call.run(gone))).resolves.toBe('ORDER_NOT_FOUND');
    expect(call.state).toBe('closed');
    // Such an answer ends a row of failures, as any other does.
    for (const hook of [fail, fail, gone, fail, fail]) await ending(call.run(hook));
    expect(call.state).toBe('closed');
  });

  it('lets whoever plugs in say what a failure is', async () => {
    const { call } = guard({ isFailure: (error) => error.code === 'FORBIDDEN' });
    for (let i = 0; i < 3; i++) {
      await ending(call.run(() => Promise.reject(new RemoteDisplayError('FORBIDDEN'))));
    }
    expect(call.state).toBe('open');
  });

  it('lets exactly one call try again, and fails the others at once', async () => {
    const { call, states } = guard();
    await open(call);
    await vi.advanceTimersByTimeAsync(RESET_MS);
    const hook = Promise.withResolvers<string>();
    const probing = vi.fn(() => hook.promise);
    const calls = Array.from({ length: 50 }, () => ending(call.run(probing)));
    expect(call.state).toBe('half-open');
    // They have ended though the one that tries again has not.
    await expect(Promise.all(calls.slice(1))).resolves.toEqual(Array(49).fill('CIRCUIT_OPEN'));
    expect(probing).toHaveBeenCalledTimes(1);
    hook.resolve('well');
    await expect(calls[0]).resolves.toBe('well');
    expect(call.state).toBe('closed');
    expect(states.map(([, state]) => state)).toEqual(['open', 'half-open', 'closed']);
    // Closed, it counts from nothing.
    for (const hook of [fail, fail]) await ending(call.run(hook));
    expect(call.state).toBe('closed');
  });

  it('closes when the one that tries again gets an answer about the order', async () => {
    const { call } = guard();
    await open(call);
    await vi.advanceTimersByTimeAsync(RESET_MS);
    await ending(call.run(() => Promise.reject(new RemoteDisplayError('ORDER_NOT_FOUND'))));
    expect(call.state).toBe('closed');
  });

  it.each([
    ['fails', fail],
    ['hangs', hang],
  ])('rests again when the one that tries again %s', async (_, hook) => {
    const { call } = guard();
    await open(call);
    await vi.advanceTimersByTimeAsync(RESET_MS);
    const probe = ending(call.run(hook));
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    await probe;
    expect(call.state).toBe('open');
    await vi.advanceTimersByTimeAsync(RESET_MS - TIMEOUT_MS - 1);
    await expect(ending(call.run(() => 'early'))).resolves.toBe('CIRCUIT_OPEN');
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS + 1);
    await expect(call.run(() => 'again')).resolves.toBe('again');
  });

  it('is not opened again by a call that began before it opened', async () => {
    const { call, states } = guard({ timeoutMs: RESET_MS * 2 });
    const old = Promise.withResolvers<string>();
    const straggler = ending(call.run(() => old.promise));
    await open(call);
    await vi.advanceTimersByTimeAsync(RESET_MS);
    const hook = Promise.withResolvers<string>();
    const probe = call.run(() => hook.promise);
    old.reject(new Error('late'));
    await expect(straggler).resolves.toBe('ORDER_LOOKUP_FAILED');
    expect(call.state).toBe('half-open');
    hook.resolve('well');
    await expect(probe).resolves.toBe('well');
    expect(states.map(([, state]) => state)).toEqual(['open', 'half-open', 'closed']);
  });

  it('does not rest longer because the clock was set back', async () => {
    const { call } = guard();
    await open(call);
    vi.setSystemTime(Date.now() - 4 * 3_600_000);
    await vi.advanceTimersByTimeAsync(RESET_MS);
    await expect(call.run(() => 'again')).resolves.toBe('again');
  });

  it('does not mind a listener that throws', async () => {
    const { call } = guard({
      onState: () => {
        throw new Error('listener');
      },
    });
    await open(call);
    await vi.advanceTimersByTimeAsync(RESET_MS);
    await expect(call.run(() => 'again')).resolves.toBe('again');
    expect(call.state).toBe('closed');
  });
});
