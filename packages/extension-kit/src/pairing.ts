import { RemoteDisplayError } from '@remote-display/client';
import type { ErrorBody, Paired } from '@remote-display/protocol';
import type { ExternalMessage } from './chrome-port.ts';

/** What the station is, once it is paired. */
export interface Identity {
  serverUrl: string;
  screenId: string;
  name: string;
}

export type PairingAnswer =
  | { ok: true; version?: string; screenId?: string }
  | { ok: false; error: ErrorBody };

export interface PairingOptions {
  version: string;
  /** Servers that may pair, as origins; `undefined` leaves it to the manifest's `externally_connectable`. */
  servers: readonly string[] | undefined;
  current: () => Promise<Identity | undefined>;
  /** Becomes the screen. */
  become: (serverUrl: string, paired: Paired) => Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** Answers the pairing page: notices it, and redeems the code that it hands over. */
export function pairingAnswerer(
  options: PairingOptions,
): (message: ExternalMessage) => Promise<PairingAnswer> {
  return async ({ message, origin }) => {
    try {
      const { type, serverUrl, screenId, token } = fieldsOf(message);
      if (type === 'remote-display.hello') {
        const current = await options.current();
        // Another server's page need not know whose screen this is.
        const isOurs = current !== undefined && current.serverUrl === origin;
        return {
          ok: true,
          version: options.version,
          ...(isOurs ? { screenId: current.screenId } : {}),
        };
      }
      if (type !== 'remote-display.pair') throw new RemoteDisplayError('INVALID_REQUEST');
      const server = serverOf(serverUrl, origin, options.servers);
      await options.become(server, await redeem(server, screenId, token));
      return { ok: true, screenId };
    } catch (error) {
      return { ok: false, error: RemoteDisplayError.wrap(error).toJSON() };
    }
  };
}

function fieldsOf(message: unknown): {
  type: string;
  serverUrl: string;
  screenId: string;
  token: string;
} {
  if (typeof message !== 'object' || message === null)
    throw new RemoteDisplayError('INVALID_REQUEST');
  const text = (name: string) => {
    const value = (message as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    type: text('type'),
    serverUrl: text('serverUrl'),
    screenId: text('screenId'),
    token: text('token'),
  };
}

// A page can only speak for its own server, and a code travels only where nobody listens in.
function serverOf(
  serverUrl: string,
  origin: string | undefined,
  servers: readonly string[] | undefined,
): string {
  const server = URL.parse(serverUrl);
  const isPrivate = server?.protocol === 'https:' || isLoopback(server?.hostname ?? '');
  if (server === null || server.origin !== origin || !isPrivate)
    throw new RemoteDisplayError('FORBIDDEN');
  if (servers !== undefined && !servers.includes(server.origin))
    throw new RemoteDisplayError('FORBIDDEN');
  return server.origin;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

async function redeem(serverUrl: string, screenId: string, token: string): Promise<Paired> {
  let answer: Response;
  try {
    answer = await fetch(`${serverUrl}/api/pair`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ screenId, token }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      credentials: 'omit',
    });
  } catch (cause) {
    throw new RemoteDisplayError('CONNECTION_REFUSED', { cause });
  }
  const body = await answer.json();
  if (!answer.ok) throw RemoteDisplayError.from(body);
  return body as Paired;
}
