import type { CommandDraft } from '../engine/command.ts';

let counter = 0;

/** A draft of a `navigate` command with everything in it, and what a test cares for set. */
export function draftOf(given: Partial<CommandDraft> & { now: number }): CommandDraft {
  const { now, ...rest } = given;
  const id = rest.id ?? `command-${++counter}`;
  return {
    id,
    screenId: 'station-1',
    type: 'navigate',
    payload: {
      displayIndex: 1,
      orderId: 'PO-1',
      document: { url: 'https://docs.example.com/PO-1' },
    },
    slot: 'display:1:document',
    priority: 0,
    queue: 'latest',
    createdAt: now,
    expiresAt: now + 60_000,
    subject: 'tester',
    trace: { requestId: 'request-1' },
    keys: [`tester ${id}`],
    fingerprint: 'one',
    keyExpiresAt: now + 3_600_000,
    maxUnsettled: 1_000,
    ...rest,
  };
}
