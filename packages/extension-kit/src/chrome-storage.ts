import type { InboxRecord, InboxStorage, TokenStorage } from '@remote-display/client';
import type { TokenPair } from '@remote-display/protocol';
import type { KeyValues } from './chrome-port.ts';

const INBOX = 'inbox:';
const TOKENS = 'tokens';

/** The inbox in the extension's storage, one entry a command. */
export function chromeInboxStorage(values: KeyValues): InboxStorage {
  return {
    load: async () => (await values.entries<InboxRecord>(INBOX)).map(([, record]) => record),
    save: (record) => values.set(`${INBOX}${record.envelope.id}`, record),
    remove: (ids) => values.remove(ids.map((id) => `${INBOX}${id}`)),
  };
}

/** The tokens in the extension's storage, where pages cannot reach them. */
export function chromeTokenStorage(values: KeyValues): TokenStorage {
  return {
    load: () => values.get<TokenPair>(TOKENS),
    save: (tokens) => (tokens ? values.set(TOKENS, tokens) : values.remove([TOKENS])),
  };
}
