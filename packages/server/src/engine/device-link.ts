import type { CommandEnvelope, Outcome, Receipt } from '@remote-display/protocol';

/** The way to a device, as the gateway gives it. */
export interface DeviceLink {
  send(envelopes: CommandEnvelope[]): void;
}

/** What a device says of itself when it connects. */
export interface DeviceMemory {
  held: readonly Receipt[];
  outcomes: readonly Outcome[];
}
