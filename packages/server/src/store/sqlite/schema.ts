/** The steps that lead from an empty file to today's schema; a file's `user_version` counts those taken. Never change one, add the next. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE commands (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    screen_id  TEXT NOT NULL,
    slot       TEXT NOT NULL,
    type       TEXT NOT NULL,
    payload    TEXT NOT NULL,
    subject    TEXT NOT NULL,
    trace      TEXT NOT NULL,
    state      TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    settled_at INTEGER,
    error      TEXT,
    evidence   TEXT,
    history    TEXT NOT NULL
  ) STRICT;

  -- Only what has not ended is looked for by screen or by expiry, so these stay as small as the work at hand.
  CREATE INDEX commands_outbox ON commands (screen_id, seq) WHERE settled_at IS NULL;
  CREATE INDEX commands_expiry ON commands (expires_at) WHERE settled_at IS NULL;
  CREATE INDEX commands_settled ON commands (settled_at) WHERE settled_at IS NOT NULL;

  CREATE TABLE idempotency_keys (
    key         TEXT PRIMARY KEY,
    command_id  TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    expires_at  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

  CREATE TABLE screens (
    screen_id    TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    paired_at    INTEGER NOT NULL,
    last_seen_at INTEGER,
    displays     TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    subject    TEXT NOT NULL,
    role       TEXT NOT NULL,
    screens    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    rotated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_expiry ON sessions (expires_at);
  CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

  CREATE TABLE pairings (
    hash       TEXT PRIMARY KEY,
    screen_id  TEXT NOT NULL,
    name       TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];
