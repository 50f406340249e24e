import {
  type CommandView,
  RemoteDisplayError,
  type ScreenView,
  type WatchTarget,
} from '@remote-display/protocol';
import { Connection, type ConnectionOptions } from './connection.ts';
import { guarded } from './listeners.ts';

type View = CommandView | ScreenView;
type Listener = (view: View) => void;

/** What is told of a target: its command, or its screen and that screen's commands. */
export type Watched<T extends WatchTarget> = T extends { commandId: string } ? CommandView : View;

interface Watch {
  target: WatchTarget;
  listeners: Set<Listener>;
}

/** What is watched over one socket, told again to the server at each connection. */
export class Watches {
  readonly #connection: Connection;
  readonly #watches = new Map<string, Watch>();

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.on('up', () => void this.#again());
    connection.socket.on('command', (command: CommandView) => {
      this.#tell(`command ${command.commandId}`, command);
      this.#tell(`screen ${command.screenId}`, command);
    });
    connection.socket.on('screen', (screen: ScreenView) =>
      this.#tell(`screen ${screen.screenId}`, screen),
    );
  }

  static over(options: ConnectionOptions): { connection: Connection; watches: Watches } {
    const connection = new Connection(options);
    return { connection, watches: new Watches(connection) };
  }

  /** Resolves once the server tells of the target; throws why it will not. */
  async add(target: WatchTarget, listener: Listener): Promise<() => void> {
    await this.#connected();
    const key = keyOf(target);
    const watch = this.#watches.get(key) ?? { target, listeners: new Set() };
    watch.listeners.add(listener);
    this.#watches.set(key, watch);
    const remove = () => {
      watch.listeners.delete(listener);
      if (watch.listeners.size > 0 || !this.#watches.delete(key)) return;
      if (this.#connection.socket.connected) this.#connection.ask('unwatch', target, noop, noop);
    };
    try {
      await this.#ask(watch, listener);
      return remove;
    } catch (error) {
      remove();
      throw error;
    }
  }

  // What was watched before is watched again before anyone is told that we are back.
  async #again(): Promise<void> {
    const asked = [...this.#watches.values()].map((watch) => this.#ask(watch));
    for (const answer of await Promise.allSettled(asked)) {
      if (answer.status === 'fulfilled') continue;
      const error = RemoteDisplayError.wrap(answer.reason);
      // Refused for good is the server's word; anything else would leave a listener in silence.
      if (error.retryable) return this.#connection.again(error);
    }
    this.#connection.ready();
  }

  #ask({ target, listeners }: Watch, only?: Listener): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAnswer = (answer: { command: CommandView } | { screen: ScreenView }) => {
        const view = 'command' in answer ? answer.command : answer.screen;
        for (const listener of only ? [only] : listeners) guarded(() => listener(view));
        resolve();
      };
      this.#connection.ask('watch', target, onAnswer, reject);
    });
  }

  #connected(): Promise<void> {
    const connection = this.#connection;
    if (connection.state.status === 'online') return Promise.resolve();
    return new Promise((resolve, reject) => {
      const onState = ({ status, reason }: Connection['state']) => {
        if (status !== 'online' && status !== 'stopped') return;
        connection.off('state', onState);
        if (status === 'online') resolve();
        else reject(reason ?? new RemoteDisplayError('CONNECTION_REFUSED', { detail: 'closed' }));
      };
      connection.on('state', onState);
      connection.open();
    });
  }

  #tell(key: string, view: View): void {
    for (const listener of this.#watches.get(key)?.listeners ?? []) guarded(() => listener(view));
  }
}

function keyOf(target: WatchTarget): string {
  return 'commandId' in target ? `command ${target.commandId}` : `screen ${target.screenId}`;
}

const noop = () => {};
