import type { Command } from '../../engine/command.ts';

/** A row as SQLite answers it. */
export type Row = Record<string, string | number | null>;

/** A JSON column; `undefined` where there is nothing in it. */
export function fromJson<T>(text: string | number | null | undefined): T | undefined {
  return typeof text === 'string' ? JSON.parse(text) : undefined;
}

/** What a JSON column holds; nothing for `undefined`. */
export function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** The command of a row of `commands`. */
export function commandOf(row: Row): Command {
  return {
    id: row['id'] as string,
    screenId: row['screen_id'] as string,
    type: row['type'] as Command['type'],
    payload: fromJson(row['payload']) as Command['payload'],
    slot: row['slot'] as string,
    priority: row['priority'] as number,
    seq: row['seq'] as number,
    state: row['state'] as Command['state'],
    attempt: row['attempt'] as number,
    createdAt: row['created_at'] as number,
    expiresAt: row['expires_at'] as number,
    notBefore: row['not_before'] as number,
    settledAt: (row['settled_at'] as number | null) ?? undefined,
    error: fromJson(row['error']),
    evidence: fromJson(row['evidence']),
    history: fromJson(row['history']) ?? [],
    subject: row['subject'] as string,
    trace: fromJson(row['trace']) as Command['trace'],
    redriveOf: (row['redrive_of'] as string | null) ?? undefined,
  };
}
