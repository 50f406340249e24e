/** What is measured against what: bare Socket.IO, and ours on each store. */
export const MODES = ['bare', 'memory', 'sqlite', 'redis'] as const;
export type Mode = (typeof MODES)[number];

/** Where a mode keeps what it keeps. */
export interface Places {
  /** The SQLite file. */
  path: string;
  /** The Redis. */
  redisUrl: string;
}

export const DEVICES = 100;

export function screenOf(device: number): string {
  return `screen-${device}`;
}

/** What a server tells when it is up. */
export interface ServerReady {
  port: number;
  /** When it began to listen, ms since 1970 with fractions. */
  listeningAt: number;
  /** The load's token, where the mode has any. */
  token: string;
  /** Pairing codes by device, where the mode has any. */
  codes: string[];
}
