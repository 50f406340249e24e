import { Hono } from 'hono';
import type { Engine } from '../engine/engine.ts';
import type { Store } from '../store/store.ts';
import type { RequestVariables } from './context.ts';

export interface HealthRoutes {
  engine: Engine;
  store: Pick<Store, 'check'>;
  ready: () => Promise<void>;
}

const CHECK_TIMEOUT_MS = 2_000;

/** Whether this node can do its work: 200, or 503 saying what fails. */
export function healthRoutes({ engine, store, ready }: HealthRoutes): Hono<RequestVariables> {
  return new Hono<RequestVariables>().get('/health', async (c) => {
    const storeUp = await inTime(async () => {
      await ready();
      await store.check();
    });
    const status = engine.draining ? 'draining' : storeUp ? 'ok' : 'failing';
    const checks = { store: storeUp ? 'ok' : 'failing' };
    return c.json(
      { status, checks, connectedScreens: engine.connected },
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
