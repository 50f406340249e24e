export type {
  Paired,
  PairingView,
  PairRequest,
  TokenPair,
  WatchTarget,
} from './access.ts';
export type {
  CommandEnvelope,
  CommandPayload,
  CommandType,
  HistoryEntry,
  NavigatePayload,
  OrderDocument,
  TraceContext,
} from './command.ts';
export type {
  Bounds,
  Display,
  Evidence,
  Handshake,
  Outcome,
  Receipt,
  Report,
  Resume,
  StageTimings,
} from './device.ts';
export type { Trigger, TriggerRequest } from './trigger.ts';
export type { CommandView, ScreenView } from './views.ts';
