import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type InboxStorage, RemoteDisplayClient, TokenManager } from '@remote-display/client';
import { RemoteDisplayError, type TokenPair } from '@remote-display/protocol';
import { wishOf } from './crash-glass.ts';
import { fails, POISON, workMs } from './crash-wishes.ts';
import { fileInbox, linesOf } from './file-inbox.ts';

export interface DeviceMainOptions {
  serverUrl: string;
  tokens: TokenPair;
  /** Where its inbox and its glass are kept. */
  folder: string;
  /** How likely it dies before and after each writing to its inbox. */
  crashChance: number;
}

/** What people saw, as it stands in the file `glass`. */
export type GlassLine = { begun: string } | { shown: string };

// A device that a test can kill, and that dies by itself between any two steps of its inbox.
const {
  serverUrl,
  tokens: pair,
  folder,
  crashChance,
} = JSON.parse(process.argv[2] ?? '') as DeviceMainOptions;
const die = () => process.kill(process.pid, 'SIGKILL');

const glassFile = join(folder, 'glass');
const standing = new Map<string, string>();
for (const line of linesOf(glassFile) as GlassLine[])
  if ('shown' in line) standing.set(wishOf(line.shown).slot, line.shown);
const note = (line: GlassLine) => appendFileSync(glassFile, `${JSON.stringify(line)}\n`);

const file = fileInbox(join(folder, 'inbox'));
const maybeDie = () => {
  if (Math.random() < crashChance) die();
};
const inbox: InboxStorage = {
  ...file,
  async save(record) {
    maybeDie();
    await file.save(record);
    maybeDie();
  },
};

const client = new RemoteDisplayClient({
  serverUrl,
  tokens: new TokenManager({ serverUrl, tokens: pair }),
  inbox,
  handlers: {
    async navigate({ payload: { orderId }, attempt }, { signal, interrupted }) {
      const { slot } = wishOf(orderId);
      // It died between showing and noting: it looks at what stands there.
      if (interrupted && standing.get(slot) === orderId) return;
      note({ begun: orderId });
      if (orderId.startsWith(POISON)) die();
      const ms = workMs(orderId);
      if (ms > 0) await sleep(ms);
      signal.throwIfAborted();
      if (fails(orderId, attempt)) throw new RemoteDisplayError('DOCUMENT_LOAD_FAILED');
      note({ shown: orderId });
      standing.set(slot, orderId);
    },
  },
});
await client.connect();
process.send?.('online');
process.on('disconnect', () => process.exit());
