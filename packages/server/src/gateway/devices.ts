import type {
  CommandEnvelope,
  DeviceToServerEvents,
  Farewell,
  ServerToDeviceEvents,
} from '@remote-display/protocol';
import { displaysSchema, reportSchema, resumeSchema } from '@remote-display/protocol/schemas';
import type { Namespace, Socket } from 'socket.io';
import type { Clock } from '../engine/clock.ts';
import type { DeviceLink } from '../engine/device-link.ts';
import type { Engine } from '../engine/engine.ts';
import type { Logger } from '../logger.ts';
import type { Screens } from '../screens.ts';
import { answering } from './answering.ts';
import { dismiss } from './farewell.ts';
import type { SocketData } from './handshake.ts';

type NoEvents = Record<string, never>;
export type DeviceNamespace = Namespace<
  DeviceToServerEvents,
  ServerToDeviceEvents,
  NoEvents,
  SocketData
>;
export type DeviceSocket = Socket<DeviceToServerEvents, ServerToDeviceEvents, NoEvents, SocketData>;

export interface DevicesOptions {
  engine: Engine;
  screens: Screens;
  clock: Clock;
  logger: Logger;
}

/** The devices' sockets: one per screen, the newest; receipts and outcomes in, commands out. */
export class Devices {
  readonly #options: DevicesOptions;
  readonly #current = new Map<string, DeviceSocket>();

  constructor(options: DevicesOptions) {
    this.#options = options;
  }

  serve(socket: DeviceSocket): void {
    const { engine, screens, clock, logger } = this.#options;
    const screenId = socket.data.identity.subject;
    const link = linkTo(socket);
    const breach = () => dismiss(socket, 'INVALID_REQUEST');
    this.#takeOver(screenId, socket);

    socket.on(
      'resume',
      answering(resumeSchema, logger, breach, async ({ held, outcomes, displays }) => {
        const { settled, start } = await engine.connect(screenId, link, { held, outcomes });
        // What the station looks like is worth knowing; its commands go on without.
        screens
          .connected(screenId, displays)
          .catch((err) => logger.warn({ err, screenId }, 'the displays are not kept'));
        // After the answer, which the device awaits before anything else.
        setImmediate(start);
        return { settled, serverTime: clock.now() };
      }),
    );
    socket.on(
      'report',
      answering(reportSchema, logger, breach, async (report) => ({
        settled: await engine.report(screenId, link, report),
      })),
    );
    socket.on(
      'displays',
      answering(displaysSchema, logger, breach, async ({ displays }) => {
        await screens.displays(screenId, displays);
        return {};
      }),
    );
    socket.on('disconnect', () => {
      engine.disconnect(screenId, link);
      if (this.#current.get(screenId) !== socket) return;
      this.#current.delete(screenId);
      screens
        .disconnected(screenId)
        .catch((err) => logger.warn({ err, screenId }, 'last seen is not kept'));
    });
  }

  #takeOver(screenId: string, socket: DeviceSocket): void {
    const older = this.#current.get(screenId);
    this.#current.set(screenId, socket);
    if (older) dismiss(older, farewellTo(older.data.instance === socket.data.instance));
  }
}

// Another device is meant to stay; an older line of the same one, late on its way, is not.
function farewellTo(bySameDevice: boolean): Farewell['code'] {
  return bySameDevice ? 'CONNECTION_REPLACED' : 'SCREEN_TAKEN_OVER';
}

/** What a tick makes ready for a device leaves in one message. */
function linkTo(socket: DeviceSocket): DeviceLink {
  let leaving: CommandEnvelope[] = [];
  const flush = () => {
    socket.emit('commands', leaving);
    leaving = [];
  };
  return {
    send(envelopes) {
      if (leaving.length === 0) setImmediate(flush);
      leaving.push(...envelopes);
    },
    instance: socket.data.instance,
    takenOver: (bySameDevice) => dismiss(socket, farewellTo(bySameDevice)),
  };
}
