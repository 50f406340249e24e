import { type ConnectionState, RemoteDisplayClient, TokenManager } from '@remote-display/client';
import type { Paired } from '@remote-display/protocol';
import { type ChromePort, chromePort, type KeyValues } from './chrome-port.ts';
import { chromeInboxStorage, chromeTokenStorage } from './chrome-storage.ts';
import { toProtocol } from './displays.ts';
import { type Identity, pairingAnswerer } from './pairing.ts';
import { showDocument } from './show-document.ts';
import { urlPolicy } from './url-policy.ts';

export interface StationOptions {
  /**
   * Origins whose documents may be opened, beside that of the server to which the station is
   * paired. Default: none.
   */
  documentOrigins?: string[];
  /** Origins of servers that may pair. Default: those that the manifest's `externally_connectable` lets in. */
  servers?: string[];
  /** How long a document may take until it is painted, in ms. Default 15,000. */
  documentTimeoutMs?: number;
  /** The browser. Default: the real one. */
  chrome?: ChromePort;
}

/** A running station. */
export interface Station {
  /** How it stands with the server; `undefined` while it is not paired. */
  readonly state: ConnectionState | undefined;
  /** What it is; `undefined` while it is not paired. */
  identity(): Promise<Identity | undefined>;
  /** Resolves when what was stored has been taken up. */
  readonly started: Promise<void>;
}

const IDENTITY = 'identity';
const INSTANCE = 'instance';
const WAKE_MINUTES = 0.5;
const AGAIN_MS = 1_000;

/**
 * Makes an extension's service worker a station. Call it at the top of the worker, every time the
 * worker starts: what it needs to go on lies in the extension's storage.
 *
 * @example
 * ```ts
 * startStation({ documentOrigins: ['https://docs.example.com'] });
 * ```
 */
export function startStation(options: StationOptions = {}): Station {
  const port = options.chrome ?? chromePort();
  let client: RemoteDisplayClient | undefined;
  let tokens: TokenManager | undefined;

  const identity = () => port.local.get<Identity>(IDENTITY);

  async function connect({ serverUrl }: Identity): Promise<void> {
    tokens = new TokenManager({ serverUrl, storage: chromeTokenStorage(port.local) });
    const permit = urlPolicy([serverUrl, ...(options.documentOrigins ?? [])]);
    const timeoutMs = options.documentTimeoutMs ?? 15_000;
    client = new RemoteDisplayClient({
      serverUrl,
      tokens,
      instance: await instanceOf(port.session),
      inbox: chromeInboxStorage(port.local),
      displays: async () => toProtocol(await port.displays()),
      handlers: { navigate: showDocument({ port, permit, timeoutMs }) },
      handlerTimeoutMs: timeoutMs + 5_000,
      // A worker has no XMLHttpRequest, which polling needs.
      transports: ['websocket'],
    });
    connectAtLast(client);
  }

  // It says in `state` what became of it. Where not even its storage could be read it tries again,
  // unless the station was paired anew meanwhile.
  function connectAtLast(current: RemoteDisplayClient): void {
    current.connect().catch(() => {
      const isToTry = () => current === client && current.state.status === 'idle';
      if (isToTry()) setTimeout(() => isToTry() && connectAtLast(current), AGAIN_MS);
    });
  }

  async function become(
    serverUrl: string,
    { screenId, name, tokens: pair }: Paired,
  ): Promise<void> {
    const former = client;
    client = undefined;
    await former?.close();
    tokens?.stop();
    await chromeTokenStorage(port.local).save(pair);
    const paired: Identity = { serverUrl, screenId, name };
    await port.local.set(IDENTITY, paired);
    await connect(paired);
  }

  // Listeners first and at once: an event that woke the worker is given only to those.
  port.onExternalMessage(
    pairingAnswerer({ version: port.version, servers: options.servers, current: identity, become }),
  );
  port.onDisplaysChanged(async () => client?.updateDisplays(toProtocol(await port.displays())));
  port.wakeEvery(WAKE_MINUTES);

  const started = identity().then((paired) => (paired ? connect(paired) : undefined));
  return {
    get state() {
      return client?.state;
    },
    identity,
    started,
  };
}

/** The same in all lives of the worker, another in each life of the browser: a copied profile is no part of it. */
async function instanceOf(session: KeyValues): Promise<string> {
  const known = await session.get<string>(INSTANCE);
  const instance = known ?? crypto.randomUUID();
  if (known === undefined) await session.set(INSTANCE, instance);
  return instance;
}
