import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { InboxRecord, InboxStorage } from '@remote-display/client';

type Line = InboxRecord | { removed: string[] };

/** An inbox in a file that only grows: what was written before a kill -9 is there after it. */
export function fileInbox(path: string): InboxStorage {
  const write = (line: Line) => appendFileSync(path, `${JSON.stringify(line)}\n`);
  return {
    async load() {
      const records = new Map<string, InboxRecord>();
      for (const line of linesOf(path) as Line[]) {
        if ('removed' in line) for (const id of line.removed) records.delete(id);
        else records.set(line.envelope.id, line);
      }
      return [...records.values()];
    },
    save: async (record) => write(record),
    remove: async (ids) => write({ removed: ids }),
  };
}

/** The whole lines of a file of JSON. One that was being written at a kill does not count. */
export function linesOf(path: string): unknown[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    });
}
