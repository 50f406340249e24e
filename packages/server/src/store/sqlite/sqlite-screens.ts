import type { DatabaseSync } from 'node:sqlite';
import type { Screen, ScreenStore } from '../store.ts';
import { fromJson, type Row, toJson } from './rows.ts';

/** The screens in SQLite. */
export function sqliteScreens(db: DatabaseSync) {
  const upsert = db.prepare(`
    INSERT INTO screens (screen_id, name, paired_at, displays, tags)
    VALUES (?1, ?2, ?3, '[]', coalesce(?4, '[]'))
    ON CONFLICT (screen_id) DO UPDATE SET name = excluded.name, paired_at = excluded.paired_at,
      tags = coalesce(?4, tags)`);
  const change = db.prepare(`
    UPDATE screens SET name = coalesce(?, name), tags = coalesce(?, tags) WHERE screen_id = ?
    RETURNING *`);
  const update = db.prepare(
    'UPDATE screens SET last_seen_at = ?, displays = coalesce(?, displays) WHERE screen_id = ?',
  );
  const select = db.prepare('SELECT * FROM screens WHERE screen_id = ?');
  const selectPage = db.prepare(
    'SELECT * FROM screens WHERE screen_id > ? ORDER BY screen_id LIMIT ?',
  );
  const selectTagged = db.prepare('SELECT screen_id FROM screen_tags WHERE tag = ? LIMIT ?');

  return {
    pair({ screenId, name, pairedAt, tags }: Parameters<ScreenStore['pair']>[0]): void {
      upsert.run(screenId, name, pairedAt, toJson(tags));
    },

    update(
      screenId: string,
      { name, tags }: Parameters<ScreenStore['update']>[1],
    ): Screen | undefined {
      const row = change.get(name ?? null, toJson(tags), screenId) as Row | undefined;
      return row && screenOf(row);
    },

    tagged(tag: string, limit: number): string[] {
      return (selectTagged.all(tag, limit) as Row[]).map((row) => String(row['screen_id']));
    },

    seen(screenId: string, { at, displays }: Parameters<ScreenStore['seen']>[1]): void {
      update.run(at, toJson(displays), screenId);
    },

    find(screenId: string): Screen | undefined {
      const row = select.get(screenId) as Row | undefined;
      return row && screenOf(row);
    },

    list(after: string, limit: number): Screen[] {
      return (selectPage.all(after, limit) as Row[]).map(screenOf);
    },
  };
}

function screenOf(row: Row): Screen {
  return {
    screenId: row['screen_id'] as string,
    name: row['name'] as string,
    pairedAt: row['paired_at'] as number,
    lastSeenAt: (row['last_seen_at'] as number | null) ?? undefined,
    displays: fromJson<Screen['displays']>(row['displays']) ?? [],
    tags: fromJson<string[]>(row['tags']) ?? [],
  };
}
