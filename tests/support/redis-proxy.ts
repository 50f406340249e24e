import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** An address that leads to a port of this machine, and can be made to lead elsewhere, or nowhere. */
export class RedisProxy {
  /** Where new connections lead. */
  target: number;
  readonly #server: Server;
  #pairs: [Socket, Socket][] = [];

  private constructor(target: number) {
    this.target = target;
    this.#server = createServer((near) => {
      const far = connect(this.target, '127.0.0.1');
      this.#pairs.push([near, far]);
      for (const [a, b] of [
        [near, far],
        [far, near],
      ] as const)
        a.on('error', () => {}).on('close', () => b.destroy());
      near.pipe(far).pipe(near);
    });
  }

  static async start(target: number): Promise<RedisProxy> {
    const proxy = new RedisProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Nothing goes through the present connections any more, and neither end is told. */
  swallow(): void {
    for (const [near, far] of this.#pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.resume();
      far.resume();
    }
  }

  stop(): void {
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    this.#server.close();
  }
}
