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
export type { DeadLetterPage, DeadLetterView, Redriven } from './dead-letter.ts';
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
export type { Trigger, TriggerBody, TriggerRequest } from './trigger.ts';
export type { CommandView, ScreenView, TriggerResult, TriggerResults } from './views.ts';
