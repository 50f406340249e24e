import type { DatabaseSync } from 'node:sqlite';
import { type Command, type CommandDraft, fromDraft } from '../../engine/command.ts';
import {
  type Mark,
  mark,
  type Retry,
  retry,
  type Settlement,
  settle,
} from '../../engine/lifecycle.ts';
import { supersede } from '../rules.ts';
import type { Acceptance } from '../store.ts';

type Row = Record<string, string | number | null>;

/** The commands in SQLite. Every operation runs inside a transaction that its caller has begun. */
export function sqliteCommands(db: DatabaseSync) {
  const insert = db.prepare(`
    INSERT INTO commands (id, screen_id, slot, type, payload, subject, trace, state, attempt,
      created_at, expires_at, not_before, history)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const update = db.prepare(`
    UPDATE commands SET state = ?, attempt = ?, not_before = ?, settled_at = ?, error = ?,
      evidence = ?, history = ? WHERE seq = ?`);
  const selectById = db.prepare('SELECT * FROM commands WHERE id = ?');
  const selectOutbox = db.prepare(
    'SELECT * FROM commands WHERE screen_id = ? AND settled_at IS NULL ORDER BY seq LIMIT ?',
  );
  const selectKey = db.prepare(`
    SELECT command_id, fingerprint FROM idempotency_keys WHERE key = ? AND expires_at > ?`);
  const insertKey = db.prepare(`
    INSERT INTO idempotency_keys (key, command_id, fingerprint, expires_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET command_id = excluded.command_id,
      fingerprint = excluded.fingerprint, expires_at = excluded.expires_at`);
  const selectOverdue = db.prepare(`
    SELECT * FROM commands WHERE settled_at IS NULL AND expires_at <= ?
      AND (state = 'queued' OR expires_at <= ?) ORDER BY expires_at LIMIT ?`);
  const deleteKeys = db.prepare(`
    DELETE FROM idempotency_keys WHERE key IN
      (SELECT key FROM idempotency_keys WHERE expires_at <= ? LIMIT ?)`);
  const deleteSettled = db.prepare(`
    DELETE FROM commands WHERE seq IN
      (SELECT seq FROM commands WHERE settled_at < ? ORDER BY settled_at LIMIT ?)`);

  function find(id: string): Command | undefined {
    const row = selectById.get(id) as Row | undefined;
    return row && fromRow(row);
  }

  function write(command: Command): Command {
    const { state, attempt, notBefore, settledAt, error, evidence, history, seq } = command;
    update.run(
      state,
      attempt,
      notBefore,
      settledAt ?? null,
      error ? JSON.stringify(error) : null,
      evidence ? JSON.stringify(evidence) : null,
      JSON.stringify(history),
      seq,
    );
    return command;
  }

  function move(
    id: string,
    change: (command: Command) => Command | undefined,
  ): Command | undefined {
    const command = find(id);
    const moved = command && change(command);
    return moved && write(moved);
  }

  function recall(key: string, now: number) {
    const row = selectKey.get(key, now) as Row | undefined;
    const command = row && find(String(row['command_id']));
    return row && command ? { command, fingerprint: String(row['fingerprint']) } : undefined;
  }

  return {
    find,
    recall,

    accept(draft: CommandDraft): Acceptance {
      const known = recall(draft.key, draft.createdAt);
      if (known) {
        if (known.fingerprint !== draft.fingerprint) return { kind: 'conflict' };
        return { kind: 'repeated', command: known.command };
      }
      const fresh = fromDraft(draft, 0);
      const { lastInsertRowid } = insert.run(
        fresh.id,
        fresh.screenId,
        fresh.slot,
        fresh.type,
        JSON.stringify(fresh.payload),
        fresh.subject,
        JSON.stringify(fresh.trace),
        fresh.state,
        fresh.attempt,
        fresh.createdAt,
        fresh.expiresAt,
        fresh.notBefore,
        JSON.stringify(fresh.history),
      );
      const command: Command = { ...fresh, seq: Number(lastInsertRowid) };
      const superseded: Command[] = [];
      for (const row of selectOutbox.all(draft.screenId, -1) as Row[]) {
        if (row['slot'] !== draft.slot || row['seq'] === command.seq) continue;
        const ended = settle(fromRow(row), supersede(command));
        if (ended) superseded.push(write(ended));
      }
      insertKey.run(draft.key, command.id, draft.fingerprint, draft.keyExpiresAt);
      return { kind: 'accepted', command, superseded };
    },

    outbox(screenId: string, limit: number): Command[] {
      return (selectOutbox.all(screenId, limit) as Row[]).map(fromRow);
    },

    mark(marks: Mark[]): void {
      for (const news of marks) move(news.id, (command) => mark(command, news));
    },

    retry(id: string, failed: Retry): Command | undefined {
      return move(id, (command) => retry(command, failed));
    },

    settle(id: string, settlement: Settlement) {
      const before = find(id);
      const after = before && settle(before, settlement);
      if (after) write(after);
      return { moved: after !== undefined, command: after ?? before };
    },

    expire(now: number, graceMs: number, limit: number): Command[] {
      const rows = selectOverdue.all(now, now - graceMs, limit) as Row[];
      return rows.flatMap((row) => {
        const ended = settle(fromRow(row), {
          state: 'expired',
          at: now,
          error: { code: 'COMMAND_EXPIRED' },
        });
        return ended ? [write(ended)] : [];
      });
    },

    prune(settledBefore: number, now: number, limit: number): number {
      const keys = Number(deleteKeys.run(now, limit).changes);
      return keys + Number(deleteSettled.run(settledBefore, limit).changes);
    },
  };
}

function fromRow(row: Row): Command {
  const json = (column: string) => {
    const text = row[column];
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  };
  return {
    id: row['id'] as string,
    screenId: row['screen_id'] as string,
    type: row['type'] as Command['type'],
    payload: json('payload'),
    slot: row['slot'] as string,
    seq: row['seq'] as number,
    state: row['state'] as Command['state'],
    attempt: row['attempt'] as number,
    createdAt: row['created_at'] as number,
    expiresAt: row['expires_at'] as number,
    notBefore: row['not_before'] as number,
    settledAt: (row['settled_at'] as number | null) ?? undefined,
    error: json('error'),
    evidence: json('evidence'),
    history: json('history'),
    subject: row['subject'] as string,
    trace: json('trace'),
  };
}
