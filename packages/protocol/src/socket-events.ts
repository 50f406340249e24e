import type { ErrorBody, ErrorCode } from './errors/index.ts';
import type { TokenPair, WatchTarget } from './schemas/access.ts';
import type { CommandEnvelope } from './schemas/command.ts';
import type { Display, Report, Resume } from './schemas/device.ts';
import type { TriggerRequest } from './schemas/trigger.ts';
import type { CommandView, ScreenView } from './schemas/views.ts';

/** The namespace of the devices. */
export const DEVICE_NAMESPACE = '/device';
/** The namespace of the operators. */
export const OPERATOR_NAMESPACE = '/operator';

/** Every event from a client is answered: with what was asked, or with an error. */
export type Answer<T> = T | { error: ErrorBody };
export type Acknowledge<T> = (answer: Answer<T>) => void;

/** The server ends a connection on purpose and says why. */
export interface Farewell {
  code: Extract<
    ErrorCode,
    | 'SCREEN_TAKEN_OVER'
    | 'CONNECTION_REPLACED'
    | 'SERVER_DRAINING'
    | 'SESSION_REVOKED'
    | 'TOKEN_EXPIRED'
    | 'INVALID_REQUEST'
  >;
}

export interface ResumeAnswer {
  /** Commands that the device need not speak of again: the store has their end. */
  settled: string[];
  /** ms since 1970. */
  serverTime: number;
}

export interface ReportAnswer {
  /** Commands of the report whose end the store has. */
  settled: string[];
}

export interface RenewAnswer {
  accessExpiresAt: TokenPair['accessExpiresAt'];
}

export interface DeviceToServerEvents {
  /** First event on a connection; nothing is dispatched before it. */
  resume: (resume: Partial<Resume>, ack: Acknowledge<ResumeAnswer>) => void;
  report: (report: Partial<Report>, ack: Acknowledge<ReportAnswer>) => void;
  displays: (body: { displays: Display[] }, ack: Acknowledge<Record<never, never>>) => void;
  renew: (body: { token: string }, ack: Acknowledge<RenewAnswer>) => void;
}

export interface ServerToDeviceEvents {
  commands: (envelopes: CommandEnvelope[]) => void;
  farewell: (farewell: Farewell) => void;
}

export interface OperatorToServerEvents {
  trigger: (trigger: TriggerRequest, ack: Acknowledge<CommandView>) => void;
  watch: (
    target: WatchTarget,
    ack: Acknowledge<{ command: CommandView } | { screen: ScreenView }>,
  ) => void;
  unwatch: (target: WatchTarget, ack: Acknowledge<Record<never, never>>) => void;
  renew: (body: { token: string }, ack: Acknowledge<RenewAnswer>) => void;
}

export interface ServerToOperatorEvents {
  /** A watched command, or a command of a watched screen, moved. */
  command: (command: CommandView) => void;
  /** A watched screen came, went or changed its displays. */
  screen: (screen: ScreenView) => void;
  farewell: (farewell: Farewell) => void;
}
