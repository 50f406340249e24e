import {
  type AddressInfo,
  createServer,
  connect as dial,
  type Server,
  type Socket,
} from 'node:net';

type Direction = 'up' | 'down';

/** What the line does to what travels on it, for all connections alike. */
interface Line {
  delayMs: number;
  bytesPerSecond: number;
  /** Directions in which everything is read and forgotten. */
  lost: Set<Direction>;
}

const PIECES_PER_SECOND = 20;
// More than this and whoever sends must wait, as on a real line.
const MAX_QUEUED_BYTES = 65_536;
const MAX_HEAD_BYTES = 16_384;
const UPGRADE = /^upgrade:\s*websocket\s*$/im;

/** One direction of a connection: what comes first arrives first, whatever the line does. */
class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #line: Line;
  readonly #direction: Direction;
  // The end of the stream, and the death of the socket, travel behind all that was sent before.
  readonly #queue: { what: Buffer | 'end' | 'gone'; dueAt: number }[] = [];
  readonly #onGone: () => void;
  #queued = 0;
  #freeAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #full = false;
  /** Something was forgotten: what came after it would make no sense. */
  hasLost = false;

  constructor(from: Socket, to: Socket, line: Line, direction: Direction, onGone: () => void) {
    this.#onGone = onGone;
    this.#from = from;
    this.#to = to;
    this.#line = line;
    this.#direction = direction;
    from.on('data', (chunk) => this.push(chunk));
    from.on('end', () => this.push('end'));
    from.on('close', () => this.push('gone'));
    // What it says of its death is of no interest here.
    from.on('error', () => {});
    to.on('drain', () => {
      this.#full = false;
      this.#pump();
    });
  }

  push(what: Buffer | 'end' | 'gone'): void {
    if (this.hasLost || this.#line.lost.has(this.#direction)) {
      this.hasLost = true;
      return;
    }
    this.#queue.push({ what, dueAt: performance.now() + this.#line.delayMs });
    if (what instanceof Buffer) this.#queued += what.length;
    if (this.#queued > MAX_QUEUED_BYTES) this.#from.pause();
    this.#pump();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #pump(): void {
    for (let head = this.#queue[0]; head && !this.#timer && !this.#full; head = this.#queue[0]) {
      // What was under way when the line went dead is lost with it.
      if (this.#line.lost.has(this.#direction)) {
        this.hasLost = true;
        this.stop();
        return;
      }
      const wait = Math.max(head.dueAt, this.#freeAt) - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.#pump();
        }, wait);
      } else if (head.what instanceof Buffer) this.#write(head.what);
      else {
        this.#queue.shift();
        if (head.what === 'end') this.#to.end();
        else this.#onGone();
      }
    }
  }

  #write(chunk: Buffer): void {
    const { bytesPerSecond } = this.#line;
    const piece = chunk.subarray(0, Math.max(1, Math.floor(bytesPerSecond / PIECES_PER_SECOND)));
    const head = this.#queue[0];
    if (head && piece.length < chunk.length) head.what = chunk.subarray(piece.length);
    else this.#queue.shift();
    this.#queued -= piece.length;
    this.#freeAt = performance.now() + (piece.length / bytesPerSecond) * 1_000;
    this.#full = !this.#to.write(piece);
    if (this.#queued <= MAX_QUEUED_BYTES) this.#from.resume();
  }
}

interface Connection {
  sockets: [Socket, Socket];
  pipes: [Pipe, Pipe];
}

/** A line on this machine between a client and a server, which a test can spoil. */
export class TcpProxy {
  readonly port: number;
  readonly url: string;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #line: Line = { delayMs: 0, bytesPerSecond: Infinity, lost: new Set() };
  readonly #connections = new Set<Connection>();
  // Those that have not said yet, or will never be told, what becomes of them.
  readonly #waiting = new Set<Socket>();
  #isCut = false;
  #webSocket: boolean | 'silent' = false;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
    this.port = (server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.port}`;
    server.on('connection', (client) => this.#serve(client));
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TcpProxy(server, targetPort);
  }

  /** How many connections reach through to the server. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Destroys all connections and refuses new ones. */
  cut(): void {
    this.#isCut = true;
    for (const connection of [...this.#connections]) this.#destroy(connection);
    for (const client of this.#waiting) client.resetAndDestroy();
  }

  /**
   * The line is as it was: connections are let in, and everything passes. A connection that has lost
   * something is destroyed, since its two ends no longer speak of the same.
   */
  restore(): void {
    this.#isCut = false;
    this.#line.lost.clear();
    for (const connection of [...this.#connections])
      if (connection.pipes.some(({ hasLost }) => hasLost)) this.#destroy(connection);
  }

  /** Reads and forgets what is sent in this direction, closing included; connections stay open, and new ones fare alike. */
  halfOpen(direction: 'both' | Direction): void {
    for (const way of ['up', 'down'] as const)
      if (direction === 'both' || direction === way) this.#line.lost.add(way);
  }

  /** How long everything takes from now on, one way. */
  delay(ms: number): void {
    this.#line.delayMs = ms;
  }

  /** How much passes from now on, each way of each connection. */
  throttle(bytesPerSecond: number): void {
    this.#line.bytesPerSecond = bytesPerSecond;
  }

  /** Answers requests for a WebSocket with 403, or never (`silent`), and lets all others through. */
  blockWebSocket(block: boolean | 'silent'): void {
    this.#webSocket = block;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    client.on('error', () => {});
    if (this.#isCut) client.resetAndDestroy();
    else if (this.#webSocket === false) this.#join(client);
    else this.#look(client, this.#webSocket);
  }

  // Only the first request of a connection is looked at: nobody upgrades a used one.
  #look(client: Socket, webSocket: true | 'silent'): void {
    this.#waiting.add(client);
    client.on('close', () => this.#waiting.delete(client));
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length < MAX_HEAD_BYTES) return;
      client.off('data', onData);
      if (!UPGRADE.test(head.toString('latin1'))) {
        this.#waiting.delete(client);
        this.#join(client).pipes[0].push(head);
      } else if (webSocket === 'silent') client.resume();
      else client.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    };
    client.on('data', onData);
  }

  #join(client: Socket): Connection {
    const server = dial({ port: this.#targetPort, host: '127.0.0.1', allowHalfOpen: true });
    server.setNoDelay();
    // An end that is gone takes the other with it, where the line lets that be known.
    const onGone = () => this.#destroy(connection);
    const up = new Pipe(client, server, this.#line, 'up', onGone);
    const down = new Pipe(server, client, this.#line, 'down', onGone);
    const connection: Connection = { sockets: [client, server], pipes: [up, down] };
    this.#connections.add(connection);
    return connection;
  }

  #destroy(connection: Connection): void {
    this.#connections.delete(connection);
    for (const pipe of connection.pipes) pipe.stop();
    for (const socket of connection.sockets) if (!socket.destroyed) socket.resetAndDestroy();
  }
}
