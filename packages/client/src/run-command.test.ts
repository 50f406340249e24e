import type { CommandEnvelope, Evidence } from '@remote-display/protocol';
import { RemoteDisplayError } from '@remote-display/protocol';
import { outcomeSchema } from '@remote-display/protocol/schemas';
import { beforeEach, describe, expect, it } from 'vitest';
import { commandRunner, type Handler, type RunCommand } from './run-command.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock();
});

const command: CommandEnvelope = {
  id: 'a',
  screenId: 'station-1',
  type: 'navigate',
  payload: { displayIndex: 1, orderId: 'PO-1', document: { url: 'https://docs.example.com/' } },
  slot: 'one',
  seq: 1,
  createdAt: 0,
  sentAt: 0,
  expiresAt: 60_000,
  attempt: 1,
  trace: { requestId: 'request-1' },
};

const run = (
  navigate: Handler<'navigate'>,
  signal = new AbortController().signal,
): ReturnType<RunCommand> =>
  commandRunner({ navigate }, 5_000, clock)(command, { signal, interrupted: false });

describe('a handler', () => {
  it('that returns has shown it, with its evidence', async () => {
    const evidence: Evidence = {
      displayIndex: 1,
      bounds: { left: -1_920, top: 0, width: 1_920, height: 1_080 },
      status: 200,
      timings: { placed: 1.5, loaded: 20 },
    };
    expect(await run(async () => evidence)).toEqual({
      id: 'a',
      attempt: 1,
      state: 'shown',
      evidence,
    });
  });

  it.each([
    ['a display that cannot be', { displayIndex: 16, status: 200 }],
    ['half of a number', { displayIndex: 0.5, status: 200 }],
    ['no number', { timings: { loaded: Number.NaN }, status: 200 }],
    ['a place with a hole', { bounds: { left: 0, top: 0, width: 1 }, status: 200 }],
    ['more than there are words for', { title: 'drawing', status: 200, toString: 1 }],
    ['a part of more', { timings: { loaded: 1, cooked: 2 }, status: 200 }],
    ['nothing at all', { bounds: null, timings: undefined, status: 200 }],
  ])('that speaks of %s is understood in the rest', async (_, evidence) => {
    const outcome = await run(async () => evidence as Evidence);
    expect(outcome).toEqual({ id: 'a', attempt: 1, state: 'shown', evidence: { status: 200 } });
    expect(outcomeSchema.safeParse(outcome).success).toBe(true);
  });

  it('that throws has failed, with the code of the error', async () => {
    const navigate = async () => {
      throw new RemoteDisplayError('DOCUMENT_NOT_FOUND', { detail: 'x'.repeat(2_000) });
    };
    const outcome = await run(navigate);
    expect(outcome).toMatchObject({ state: 'failed', error: { code: 'DOCUMENT_NOT_FOUND' } });
    expect(outcomeSchema.safeParse(outcome).success).toBe(true);
  });

  it('that takes too long is told to stop, and has failed', async () => {
    let told: AbortSignal | undefined;
    const outcome = run((_, { signal }) => {
      told = signal;
      return new Promise(() => {});
    });
    await clock.advance(4_999);
    expect(told?.aborted).toBe(false);
    await clock.advance(1);
    expect(told?.aborted).toBe(true);
    expect(await outcome).toMatchObject({ error: { code: 'HANDLER_TIMEOUT' } });
  });

  it('that does not stop when it is told to is not waited for longer than a second', async () => {
    const stop = new AbortController();
    const outcome = run(() => new Promise(() => {}), stop.signal);
    stop.abort();
    await clock.advance(1_000);
    expect(await outcome).toMatchObject({ error: { code: 'HANDLER_TIMEOUT' } });
  });
});
