import type {
  CommandView,
  OperatorToServerEvents,
  ScreenView,
  ServerToOperatorEvents,
  WatchTarget,
} from '@remote-display/protocol';
import { RemoteDisplayError } from '@remote-display/protocol';
import { triggerSchema, watchSchema } from '@remote-display/protocol/schemas';
import type { Namespace, Socket } from 'socket.io';
import { authorize } from '../access/permissions.ts';
import { commandView } from '../command-view.ts';
import type { Command } from '../engine/command.ts';
import type { Engine } from '../engine/engine.ts';
import type { DomainEmitter } from '../engine/events.ts';
import type { Logger } from '../logger.ts';
import { newRequestId } from '../request-id.ts';
import type { Screens } from '../screens.ts';
import type { Triggers } from '../trigger/triggers.ts';
import { answering } from './answering.ts';
import { dismiss } from './farewell.ts';
import type { SocketData } from './handshake.ts';

type NoEvents = Record<string, never>;
export type OperatorNamespace = Namespace<
  OperatorToServerEvents,
  ServerToOperatorEvents,
  NoEvents,
  SocketData
>;
type OperatorSocket = Socket<OperatorToServerEvents, ServerToOperatorEvents, NoEvents, SocketData>;

export interface OperatorsOptions {
  engine: Engine;
  screens: Screens;
  triggers: Triggers;
  events: DomainEmitter;
  logger: Logger;
}

const MAX_WATCHES = 256;

/** The operators' sockets: triggers in; what they watch, out. */
export class Operators {
  readonly #options: OperatorsOptions;
  readonly #namespace: OperatorNamespace;

  constructor(namespace: OperatorNamespace, options: OperatorsOptions) {
    this.#options = options;
    this.#namespace = namespace;
    const { events } = options;
    const moved = ({ command }: { command: Command }) => this.#tellOfCommand(command);
    events.on('command.accepted', moved);
    events.on('command.dispatched', moved);
    events.on('command.received', moved);
    events.on('command.retrying', moved);
    events.on('command.settled', moved);
    const changed = ({ screenId }: { screenId: string }) => this.#tellOfScreen(screenId);
    events.on('screen.online', changed);
    events.on('screen.offline', changed);
    events.on('screen.displays', changed);
    events.on('screen.updated', changed);
  }

  serve(socket: OperatorSocket): void {
    const { triggers, logger } = this.#options;
    const breach = () => dismiss(socket, 'INVALID_REQUEST');
    socket.on(
      'trigger',
      answering(triggerSchema, logger, breach, async (trigger) => {
        const { identity } = socket.data;
        authorize(identity, 'trigger', trigger.screenId);
        const trace = { requestId: newRequestId() };
        return commandView(await triggers.trigger(trigger, { subject: identity.subject, trace }));
      }),
    );
    socket.on(
      'watch',
      answering(watchSchema, logger, breach, (target) => this.#watch(socket, target)),
    );
    socket.on(
      'unwatch',
      answering(watchSchema, logger, breach, async (target) => {
        await socket.leave(roomOf(target));
        return {};
      }),
    );
  }

  async #watch(
    socket: OperatorSocket,
    target: WatchTarget,
  ): Promise<{ command: CommandView } | { screen: ScreenView }> {
    if (socket.rooms.size > MAX_WATCHES)
      throw new RemoteDisplayError('OVERLOADED', { detail: 'too many watches' });
    const { engine, screens } = this.#options;
    const { identity } = socket.data;
    if ('screenId' in target) {
      authorize(identity, 'view', target.screenId);
      await socket.join(roomOf(target));
      return { screen: await screens.view(target.screenId) };
    }
    // In the room first: what happens between the look and the joining would be missed.
    const before = await engine.find(target.commandId);
    if (before === undefined) throw new RemoteDisplayError('COMMAND_NOT_FOUND');
    authorizeCommand(identity, before);
    await socket.join(roomOf(target));
    return { command: commandView((await engine.find(target.commandId)) ?? before) };
  }

  #tellOfCommand(command: Command): void {
    const rooms = [`command:${command.id}`, `screen:${command.screenId}`].filter((room) =>
      this.#isWatched(room),
    );
    if (rooms.length > 0) this.#namespace.to(rooms).emit('command', commandView(command));
  }

  async #tellOfScreen(screenId: string): Promise<void> {
    const room = `screen:${screenId}`;
    if (!this.#isWatched(room)) return;
    this.#namespace.to(room).emit('screen', await this.#options.screens.view(screenId));
  }

  #isWatched(room: string): boolean {
    return this.#namespace.adapter.rooms.has(room);
  }
}

function authorizeCommand(identity: SocketData['identity'], command: Command): void {
  try {
    authorize(identity, 'view', command.screenId);
  } catch {
    // A command of a screen out of reach is, to the caller, no command at all.
    throw new RemoteDisplayError('COMMAND_NOT_FOUND');
  }
}

function roomOf(target: WatchTarget): string {
  return 'commandId' in target ? `command:${target.commandId}` : `screen:${target.screenId}`;
}
