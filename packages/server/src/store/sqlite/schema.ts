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
  `
  ALTER TABLE commands ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE commands ADD COLUMN redrive_of TEXT;
  CREATE INDEX commands_slot ON commands (screen_id, slot, seq) WHERE settled_at IS NULL;

  CREATE TABLE dead_letters (
    place       INTEGER PRIMARY KEY,
    command_id  TEXT NOT NULL UNIQUE,
    screen_id   TEXT NOT NULL,
    type        TEXT NOT NULL,
    code        TEXT,
    died_at     INTEGER NOT NULL,
    command     TEXT NOT NULL,
    redriven_as TEXT
  ) STRICT;
  CREATE INDEX dead_letters_time ON dead_letters (died_at, place);
  CREATE INDEX dead_letters_screen ON dead_letters (screen_id, died_at, place);
  CREATE INDEX dead_letters_type ON dead_letters (type, died_at, place);
  CREATE INDEX dead_letters_code ON dead_letters (code, died_at, place);

  -- The tags of a screen are a JSON list in its row. This is their index, and only these triggers write it.
  ALTER TABLE screens ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
  CREATE TABLE screen_tags (
    tag       TEXT NOT NULL,
    screen_id TEXT NOT NULL,
    PRIMARY KEY (tag, screen_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER screen_tags_new AFTER INSERT ON screens BEGIN
    INSERT OR IGNORE INTO screen_tags SELECT value, NEW.screen_id FROM json_each(NEW.tags);
  END;
  CREATE TRIGGER screen_tags_change AFTER UPDATE OF tags ON screens WHEN OLD.tags <> NEW.tags BEGIN
    DELETE FROM screen_tags
      WHERE tag IN (SELECT value FROM json_each(OLD.tags)) AND screen_id = OLD.screen_id;
    INSERT OR IGNORE INTO screen_tags SELECT value, NEW.screen_id FROM json_each(NEW.tags);
  END;

  ALTER TABLE pairings ADD COLUMN tags TEXT;
  CREATE INDEX pairings_expiry ON pairings (expires_at);

  -- Written to find out whether the disk takes anything.
  CREATE TABLE probe (writes INTEGER NOT NULL) STRICT;
  INSERT INTO probe VALUES (0);
  `,
];
