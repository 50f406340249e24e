import { Hono } from 'hono';
import type { Engine } from '../engine/engine.ts';
import type { GuardedCall } from '../hooks/guarded-call.ts';
import type { Store } from '../store/store.ts';
import type { RequestVariables } from './context.ts';

export interface HealthRoutes {
  engine: Engine;
  store: Pick<Store, 'check'>;
  /** What is called outside, and whether it is well. */
  guards: readonly Pick<GuardedCall, 'name' | 'state'>[];
  ready: () => Promise<void>;
}

const CHECK_TIMEOUT_MS = 2_000;
// A check costs the disk a sync, and anyone may ask.
const CHECKED_FOR_MS = 1_000;

/** Whether this node can do its work: 200, or 503 saying what fails. */
export function healthRoutes({
  engine,
  store,
  guards,
  ready,
}: HealthRoutes): Hono<RequestVariables> {
  let checked: { at: number; up: Promise<boolean> } | undefined;
  const checkStore = () => {
    const at = performance.now();
    if (checked === undefined || at - checked.at >= CHECKED_FOR_MS) {
      const check = async () => {
        await ready();
        await store.check();
      };
      checked = { at, up: inTime(check) };
    }
    return checked.up;
  };
  return new Hono<RequestVariables>().get('/health', async (c) => {
    const storeUp = await checkStore();
    const status = engine.draining ? 'draining' : storeUp ? 'ok' : 'failing';
    const checks = { store: storeUp ? 'ok' : 'failing' };
    // An order system that is ill is worth knowing; it is no reason to send this node no more work.
    const breakers = Object.fromEntries(guards.map(({ name, state }) => [name, state]));
    return c.json(
      { status, checks, breakers, connectedScreens: engine.connected },
      status === 'ok' ? 200 : 503,
    );
  });
}

async function inTime(check: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS);
  });
  const checked = check().then(
    () => true,
    () => false,
  );
  const up = await Promise.race([checked, late]);
  clearTimeout(timer);
  return up;
}
