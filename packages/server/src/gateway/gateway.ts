import type { Server as HttpServer } from 'node:http';
import {
  DEVICE_NAMESPACE,
  type Farewell,
  OPERATOR_NAMESPACE,
  type OperatorToServerEvents,
  RemoteDisplayError,
} from '@remote-display/protocol';
import { renewSchema } from '@remote-display/protocol/schemas';
import { Server, type Socket } from 'socket.io';
import type { Identity } from '../access/identity.ts';
import { authorizeRole } from '../access/permissions.ts';
import type { Sessions } from '../access/sessions.ts';
import { answering } from './answering.ts';
import { type DeviceNamespace, Devices, type DevicesOptions } from './devices.ts';
import { dismiss } from './farewell.ts';
import { gate, type SocketData } from './handshake.ts';
import { type OperatorNamespace, Operators, type OperatorsOptions } from './operators.ts';

export interface GatewayOptions extends DevicesOptions, OperatorsOptions {
  path: string;
  heartbeat: { intervalMs: number; timeoutMs: number };
  sessions: Sessions;
  /** Resolves when the store is open; nobody is let in before. */
  ready: () => Promise<void>;
}

const EXPIRY_CHECK_MS = 1_000;
// Well above the largest report, well below what could hurt.
const MAX_MESSAGE_BYTES = 262_144;

/** What devices' and operators' sockets have in common. */
type Guest = Pick<Socket, 'connected' | 'conn' | 'disconnect'> & {
  data: SocketData;
  emit(event: 'farewell', farewell: Farewell): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  on(event: 'renew', listener: OperatorToServerEvents['renew']): unknown;
};

/** Socket.IO: who may come in, for how long, and how they are sent away. */
export class Gateway {
  readonly #io: Server;
  readonly #options: GatewayOptions;
  readonly #sockets = new Set<Guest>();
  #cancelCheck: () => void;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { path, heartbeat, engine, events, ready, sessions } = options;
    this.#io = new Server({
      path,
      serveClient: false,
      transports: ['websocket', 'polling'],
      pingInterval: heartbeat.intervalMs,
      pingTimeout: heartbeat.timeoutMs,
      connectTimeout: 10_000,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      // A deflate context costs fourteen times what the rest of a connection does.
      perMessageDeflate: false,
    });
    const authenticate = async (token: string) => {
      if (engine.draining) throw new RemoteDisplayError('SERVER_DRAINING');
      await ready();
      return sessions.authenticate(token);
    };

    const devices = new Devices(options);
    // The library types all namespaces alike; ours have an event map each.
    const deviceNamespace = this.#io.of(DEVICE_NAMESPACE) as unknown as DeviceNamespace;
    deviceNamespace.use(gate(authenticate, (identity) => authorizeRole(identity, 'serve')));
    deviceNamespace.on('connection', (socket) => {
      this.#keep(socket);
      devices.serve(socket);
    });

    const operatorNamespace = this.#io.of(OPERATOR_NAMESPACE) as unknown as OperatorNamespace;
    const operators = new Operators(operatorNamespace, options);
    operatorNamespace.use(gate(authenticate, (identity) => authorizeRole(identity, 'view')));
    operatorNamespace.on('connection', (socket) => {
      this.#keep(socket);
      operators.serve(socket);
    });

    events.on('session.revoked', ({ sessionId }) =>
      this.#dismissAll('SESSION_REVOKED', ({ sessionId: id }) => id === sessionId),
    );
    this.#cancelCheck = this.#scheduleCheck();
  }

  attach(server: HttpServer): void {
    this.#io.attach(server);
  }

  /** Sends everyone away; they come back by themselves, to whichever node is there. */
  async close(): Promise<void> {
    this.#cancelCheck();
    const gone = [...this.#sockets].map((socket) => {
      const left = new Promise<void>((resolve) => socket.conn.once('close', () => resolve()));
      // One that is already gone closes no more.
      return socket.connected ? left : undefined;
    });
    this.#dismissAll('SERVER_DRAINING', () => true);
    const late = new Promise<void>((resolve) => this.#options.clock.schedule(1_000, resolve));
    await Promise.race([Promise.all(gone), late]);
    this.#io.disconnectSockets(true);
    // The HTTP server is the integrator's: only the engine on it is ours to close.
    this.#io.engine?.close();
  }

  #keep(socket: Guest): void {
    const { logger, sessions } = this.#options;
    this.#sockets.add(socket);
    socket.on('disconnect', () => this.#sockets.delete(socket));
    const breach = () => dismiss(socket, 'INVALID_REQUEST');
    socket.on(
      'renew',
      answering(renewSchema, logger, breach, async ({ token }) => {
        const renewed = await sessions.authenticate(token);
        // A token renews what the socket is; it never makes it someone else.
        const { subject, role } = socket.data.identity;
        if (renewed.subject !== subject || renewed.role !== role)
          throw new RemoteDisplayError('FORBIDDEN');
        socket.data.identity = renewed;
        return { accessExpiresAt: renewed.expiresAt };
      }),
    );
  }

  #scheduleCheck(): () => void {
    return this.#options.clock.schedule(EXPIRY_CHECK_MS, () => {
      const now = this.#options.clock.now();
      this.#dismissAll('TOKEN_EXPIRED', ({ expiresAt }) => expiresAt <= now);
      this.#cancelCheck = this.#scheduleCheck();
    });
  }

  #dismissAll(code: Farewell['code'], which: (identity: Identity) => boolean): void {
    for (const socket of [...this.#sockets]) if (which(socket.data.identity)) dismiss(socket, code);
  }
}
