import { fileURLToPath } from 'node:url';

/** What the environment sets. */
export interface Environment {
  secret: string;
  /** 0: any that is free. */
  port: number;
  screenId: string;
  /** Where commands and sessions are kept. */
  storePath: string;
  databaseUrl: string | undefined;
  /** Directory of the embedded orders; in memory when absent. */
  ordersDirectory: string | undefined;
}

/** Reads the environment; throws with a sentence that says what to do. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const secret = env.REMOTE_DISPLAY_SECRET;
  if (!secret) {
    throw new Error(
      'REMOTE_DISPLAY_SECRET is not set. Make one, keep it, and never commit it:\n' +
        '  export REMOTE_DISPLAY_SECRET="$(openssl rand -base64 48)"',
    );
  }
  const port = Number(env.PORT ?? 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT must be a number from 0 to 65535, not "${env.PORT}".`);
  }
  return {
    secret,
    port,
    screenId: env.SCREEN_ID || 'station-1',
    storePath:
      env.REMOTE_DISPLAY_DB ||
      fileURLToPath(new URL('../.cache/remote-display.db', import.meta.url)),
    databaseUrl: env.ORDERS_DATABASE_URL || undefined,
    ordersDirectory: env.ORDERS_DIRECTORY || undefined,
  };
}
