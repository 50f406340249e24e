import type { DatabaseSync } from 'node:sqlite';
import { rotate } from '../rules.ts';
import type { Pairing, Rotated, Rotation, Session } from '../store.ts';
import { fromJson, type Row, toJson } from './rows.ts';

/** The sessions in SQLite. */
export function sqliteSessions(db: DatabaseSync) {
  const insert = db.prepare(`
    INSERT INTO sessions (id, subject, role, screens, created_at, generation, rotated_at, expires_at, revoked_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const update = db.prepare(
    'UPDATE sessions SET generation = ?, rotated_at = ?, expires_at = ?, revoked_at = ? WHERE id = ?',
  );
  const select = db.prepare('SELECT * FROM sessions WHERE id = ?');
  const selectRevoked = db.prepare('SELECT id FROM sessions WHERE revoked_at >= ?');
  const deleteEnded = db.prepare('DELETE FROM sessions WHERE expires_at <= ?');

  const find = (id: string): Session | undefined => {
    const row = select.get(id) as Row | undefined;
    return row && sessionOf(row);
  };
  const write = ({ id, generation, rotatedAt, expiresAt, revokedAt }: Session) =>
    update.run(generation, rotatedAt, expiresAt, revokedAt ?? null, id);

  return {
    create(session: Session): void {
      deleteEnded.run(session.createdAt);
      insert.run(
        session.id,
        session.subject,
        session.role,
        JSON.stringify(session.screens),
        session.createdAt,
        session.generation,
        session.rotatedAt,
        session.expiresAt,
        session.revokedAt ?? null,
      );
    },

    rotate(id: string, rotation: Rotation): Rotated {
      const rotated = rotate(find(id), rotation);
      if (rotated.kind !== 'refused') write(rotated.session);
      return rotated;
    },

    revoke(id: string, at: number): Session | undefined {
      const session = find(id);
      if (!session || session.revokedAt !== undefined) return undefined;
      const revoked = { ...session, revokedAt: at };
      write(revoked);
      return revoked;
    },

    revokedSince(at: number): string[] {
      return (selectRevoked.all(at) as Row[]).map((row) => String(row['id']));
    },
  };
}

/** The pairing codes in SQLite. */
export function sqlitePairings(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO pairings (hash, screen_id, name, expires_at, tags) VALUES (?, ?, ?, ?, ?)',
  );
  const remove = db.prepare(`
    DELETE FROM pairings WHERE hash = ? AND screen_id = ? AND expires_at > ?
    RETURNING hash, screen_id, name, expires_at, tags`);
  const deleteEnded = db.prepare('DELETE FROM pairings WHERE expires_at <= ?');

  return {
    create({ hash, screenId, name, expiresAt, tags }: Pairing): void {
      insert.run(hash, screenId, name, expiresAt, toJson(tags));
    },

    redeem(hash: string, screenId: string, now: number): Pairing | undefined {
      const row = remove.get(hash, screenId, now) as Row | undefined;
      deleteEnded.run(now);
      if (!row) return undefined;
      return {
        hash,
        screenId,
        name: String(row['name']),
        expiresAt: Number(row['expires_at']),
        tags: fromJson<string[]>(row['tags']),
      };
    },
  };
}

function sessionOf(row: Row): Session {
  return {
    id: row['id'] as string,
    subject: row['subject'] as string,
    role: row['role'] as Session['role'],
    screens: JSON.parse(row['screens'] as string),
    createdAt: row['created_at'] as number,
    generation: row['generation'] as number,
    rotatedAt: row['rotated_at'] as number,
    expiresAt: row['expires_at'] as number,
    revokedAt: (row['revoked_at'] as number | null) ?? undefined,
  };
}
