import type { CommandEnvelope, Outcome } from '@remote-display/protocol';

/** What the inbox keeps of one command. */
export interface InboxRecord {
  envelope: CommandEnvelope;
  /** How often its handler was begun. */
  begun: number;
  /** How it ended here. */
  outcome?: Outcome;
  /** The server knows its end: kept only so that a repetition is recognised. */
  settled?: boolean;
}

/** Where the inbox outlives the page or worker. Each call is atomic for each record. */
export interface InboxStorage {
  load(): Promise<InboxRecord[]>;
  save(record: InboxRecord): Promise<void>;
  remove(ids: string[]): Promise<void>;
}

/** An inbox that is forgotten with the process: a device restarted with it has nothing. */
export function memoryInboxStorage(): InboxStorage {
  const records = new Map<string, InboxRecord>();
  return {
    load: async () => [...records.values()],
    async save(record) {
      records.set(record.envelope.id, { ...record });
    },
    async remove(ids) {
      for (const id of ids) records.delete(id);
    },
  };
}

/** What `localStorage` has; anything with these three members and string values will do. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** An inbox in `localStorage`, for a page that is a station by itself. */
export function webInboxStorage(storage: WebStorage, key = 'remote-display.inbox'): InboxStorage {
  const read = (): Record<string, InboxRecord> => JSON.parse(storage.getItem(key) ?? '{}');
  const write = (records: Record<string, InboxRecord>) =>
    storage.setItem(key, JSON.stringify(records));
  return {
    load: async () => Object.values(read()),
    save: async (record) => write({ ...read(), [record.envelope.id]: record }),
    async remove(ids) {
      const left = read();
      for (const id of ids) delete left[id];
      write(left);
    },
  };
}
