import { randomUUID } from 'node:crypto';
import { PROTOCOL_VERSION, RemoteDisplayError } from '@remote-display/protocol';
import { handshakeSchema } from '@remote-display/protocol/schemas';
import type { Identity } from '../access/identity.ts';
import type { Sessions } from '../access/sessions.ts';

/** What every socket carries. */
export interface SocketData {
  identity: Identity;
  /** Which of several devices with the same rights it is. */
  instance: string;
}

interface Connecting {
  handshake: { auth: unknown };
  data: SocketData;
}

/**
 * The gate of a namespace: the right version, a good token, and a role that belongs here. A
 * refusal reaches the client as `connect_error` with our error in `data`.
 */
export function gate(
  authenticate: (token: string) => ReturnType<Sessions['authenticate']>,
  admit: (identity: Identity) => void,
): (socket: Connecting, next: (error?: Error) => void) => void {
  return (socket, next) => {
    identify(socket.handshake.auth, authenticate, admit).then(
      ({ identity, instance }) => {
        socket.data.identity = identity;
        socket.data.instance = instance;
        next();
      },
      (error: unknown) => {
        const known = RemoteDisplayError.wrap(error);
        next(Object.assign(new Error(known.code), { data: known.toJSON() }));
      },
    );
  };
}

async function identify(
  auth: unknown,
  authenticate: (token: string) => Promise<Identity>,
  admit: (identity: Identity) => void,
): Promise<SocketData> {
  const handshake = handshakeSchema.safeParse(auth);
  if (!handshake.success) throw new RemoteDisplayError('UNAUTHENTICATED');
  if (handshake.data.protocol !== PROTOCOL_VERSION) {
    const detail = `the server speaks ${PROTOCOL_VERSION}, the client ${handshake.data.protocol}`;
    throw new RemoteDisplayError('PROTOCOL_VERSION_MISMATCH', { detail });
  }
  const identity = await authenticate(handshake.data.token);
  admit(identity);
  // A client that does not say is a device of its own at each connection.
  return { identity, instance: handshake.data.instance ?? randomUUID() };
}
