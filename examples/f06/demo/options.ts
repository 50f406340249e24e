import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface DemoOptions {
  headless: boolean;
  json: boolean;
  orders: number;
  screenshots: string;
}

/** Whether there is a desktop on which a window could be seen. */
export function hasDesktop(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  return (
    platform === 'win32' || platform === 'darwin' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
  );
}

const MOST_ORDERS = 1_000;

/** Reads the flags; throws with a sentence about the one that is wrong. */
export function readOptions(
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): DemoOptions {
  const { values } = parseArgs({
    args,
    options: {
      headless: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      orders: { type: 'string', default: '5' },
      screenshots: { type: 'string', default: './screenshots' },
    },
  });
  const orders = Number(values.orders);
  if (!Number.isInteger(orders) || orders < 1 || orders > MOST_ORDERS) {
    throw new Error(
      `--orders must be a whole number from 1 to ${MOST_ORDERS}, not "${values.orders}".`,
    );
  }
  return {
    headless: values.headless || !hasDesktop(env, platform),
    json: values.json,
    orders,
    screenshots: resolve(values.screenshots),
  };
}
