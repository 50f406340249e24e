import type { CommandEnvelope } from '@remote-display/protocol';

/** The server's time in tests of the inbox. */
export const NOW = 1_800_000_000_000;

/** A `navigate` as it comes from the server, with what a test cares for set. */
export function envelope(
  id: string,
  seq: number,
  given: Partial<CommandEnvelope> = {},
): CommandEnvelope {
  return {
    id,
    screenId: 'station-1',
    type: 'navigate',
    payload: { displayIndex: 1, orderId: 'PO-1', document: { url: 'https://docs.example.com/' } },
    slot: 'one',
    seq,
    createdAt: NOW,
    sentAt: NOW,
    expiresAt: NOW + 60_000,
    attempt: 1,
    trace: { requestId: 'request-1' },
    ...given,
  };
}
