import {
  type AddressInfo,
  createServer,
  connect as dial,
  type Server,
  type Socket,
} from 'node:net';

/**
 * A load balancer of the simplest kind: each new connection goes to the next server that lets it in.
 * With one target it is an address that can be moved.
 */
export class TcpFront {
  readonly port: number;
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #targets: readonly number[];
  #turn = 0;

  private constructor(server: Server, targets: readonly number[]) {
    this.#server = server;
    this.#targets = targets;
    this.port = (server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.port}`;
    server.on('connection', (client) => this.#serve(client));
  }

  static async start(targetPorts: readonly number[]): Promise<TcpFront> {
    const server = createServer({ pauseOnConnect: true, noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TcpFront(server, targetPorts);
  }

  /** New connections go there from now on; those that are open end. */
  moveTo(targetPorts: readonly number[]): void {
    this.#targets = targetPorts;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    this.#keep(client);
    const first = this.#turn++;
    const targets = this.#targets.map((_, n, all) => all[(first + n) % all.length] as number);
    this.#tryNext(client, targets);
  }

  #tryNext(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined || client.destroyed) return void client.destroy();
    const server = this.#keep(dial({ port, host: '127.0.0.1', noDelay: true }));
    let isUp = false;
    server.once('connect', () => {
      isUp = true;
      client.pipe(server).pipe(client);
    });
    server.once('close', () => (isUp ? client.destroy() : this.#tryNext(client, others)));
    client.once('close', () => server.destroy());
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
