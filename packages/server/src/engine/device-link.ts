import type { CommandEnvelope, Outcome, Receipt } from '@remote-display/protocol';

/** The way to a device, as the gateway gives it. */
export interface DeviceLink {
  /** Which device it is: two connections of one device are no rivals. No `~` in it. */
  readonly instance: string;
  send(envelopes: CommandEnvelope[]): void;
  /** Another connection holds the screen now: this one is told, and ends. */
  takenOver(bySameDevice: boolean): void;
}

/** What a device says of itself when it connects. */
export interface DeviceMemory {
  held: readonly Receipt[];
  outcomes: readonly Outcome[];
}
