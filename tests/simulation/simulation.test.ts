import { describe, expect, it } from 'vitest';
import { check } from './checks/check.ts';
import { simulate } from './simulate.ts';

const SEEDS = 300;
const TOGETHER = 50;

describe('whatever befalls it, every promise holds', () => {
  const blocks = Array.from({ length: SEEDS / TOGETHER }, (_, n) => n * TOGETHER + 1);
  it.each(blocks)(
    'for the seeds from %i on',
    async (from) => {
      for (let seed = from; seed < from + TOGETHER; seed++)
        expect(check(await simulate({ seed })), `seed ${seed}`).toEqual([]);
    },
    60_000,
  );
});

describe('a seed', () => {
  it('has always the same history', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [first, second] = [await simulate({ seed }), await simulate({ seed })];
      expect(second.hash, `seed ${seed}`).toBe(first.hash);
    }
  });

  it('has a history of its own', async () => {
    const [one, other] = [await simulate({ seed: 1 }), await simulate({ seed: 2 })];
    expect(other.hash).not.toBe(one.hash);
  });

  it('injects every kind of fault sooner or later', async () => {
    const injected = new Set<string>();
    for (let seed = 1; seed <= 150; seed++)
      for (const kind of (await simulate({ seed })).faults.keys()) injected.add(kind);
    expect([...injected].sort()).toMatchInlineSnapshot(`
      [
        "deaf device",
        "deaf server",
        "device clock set",
        "device crash after receipt",
        "device crash after showing",
        "device crash at some moment",
        "device crash before it says shown",
        "device crash before its outcome is sent",
        "device crash before its outcome is stored",
        "device crash before receipt",
        "device crash before showing",
        "device storage error",
        "device storage error after its effect",
        "device storage lost",
        "gap in the news",
        "half-open line",
        "handler fails",
        "handler fails after showing",
        "handler hangs",
        "line cut",
        "line flaps",
        "message late, out of its order",
        "message lost",
        "message repeated",
        "server asked to leave",
        "server clock set",
        "server crash after a store call",
        "server crash before a store call",
        "server killed",
        "server machine lost",
        "slow store",
        "store error after its effect",
        "store error without effect",
        "store unreachable",
      ]
    `);
  });
});
