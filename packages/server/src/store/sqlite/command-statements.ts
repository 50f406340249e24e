import type { DatabaseSync } from 'node:sqlite';

/** What is asked of the file for commands. Each goes by an index: its cost does not grow with the backlog. */
export function commandStatements(db: DatabaseSync) {
  return {
    insert: db.prepare(`
      INSERT INTO commands (seq, id, screen_id, slot, type, payload, subject, trace, state, attempt,
        created_at, expires_at, not_before, history, priority, redrive_of)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    update: db.prepare(`
      UPDATE commands SET state = ?, attempt = ?, not_before = ?, settled_at = ?, error = ?,
        evidence = ?, history = ? WHERE seq = ?`),
    byId: db.prepare('SELECT * FROM commands WHERE id = ?'),
    outbox: db.prepare(
      'SELECT * FROM commands WHERE screen_id = ? AND settled_at IS NULL ORDER BY seq LIMIT ?',
    ),
    slot: db.prepare(`
      SELECT * FROM commands WHERE screen_id = ? AND slot = ? AND settled_at IS NULL ORDER BY seq`),
    nth: db.prepare(
      'SELECT 1 FROM commands WHERE screen_id = ? AND settled_at IS NULL LIMIT 1 OFFSET ?',
    ),
    overdue: db.prepare(`
      SELECT * FROM commands WHERE settled_at IS NULL AND expires_at <= ?
        AND (state = 'queued' OR expires_at <= ?) ORDER BY expires_at LIMIT ?`),
    deleteSettled: db.prepare(`
      DELETE FROM commands WHERE seq IN
        (SELECT seq FROM commands WHERE settled_at < ? ORDER BY settled_at LIMIT ?)`),
    key: db.prepare(`
      SELECT command_id, fingerprint FROM idempotency_keys WHERE key = ? AND expires_at > ?`),
    insertKey: db.prepare(`
      INSERT INTO idempotency_keys (key, command_id, fingerprint, expires_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET command_id = excluded.command_id,
        fingerprint = excluded.fingerprint, expires_at = excluded.expires_at`),
    deleteKeys: db.prepare(`
      DELETE FROM idempotency_keys WHERE key IN
        (SELECT key FROM idempotency_keys WHERE expires_at <= ? LIMIT ?)`),
  };
}
