import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { createRemoteDisplay, type RemoteDisplay, sqliteStore } from '@remote-display/server';
import { remoteDisplay } from '@remote-display/server/hono';
import { Hono } from 'hono';
import { buildScannerPage } from '../build/scanner-page.ts';
import { stationId } from '../build/station-extension.ts';
import { openOrderBook } from '../orders/order-book.ts';
import { documentRoutes, documentUrl } from './document-routes.ts';
import type { Environment } from './environment.ts';
import { scannerRoutes } from './scanner-routes.ts';

export interface RunningServer {
  display: RemoteDisplay;
  /** Such as `http://127.0.0.1:3000`. */
  url: string;
  close(): Promise<void>;
}

/** The demo login gives an operator's session to whoever reaches it, so only this machine may. */
const HOST = '127.0.0.1';

/** Orders, documents, scanner page and remote-display in one server. */
export async function startServer(environment: Environment): Promise<RunningServer> {
  const { secret, port, screenId, storePath, databaseUrl, ordersDirectory } = environment;
  await mkdir(dirname(storePath), { recursive: true });
  const [orders, page, extensionId] = await Promise.all([
    openOrderBook({ databaseUrl, directory: ordersDirectory }),
    buildScannerPage(),
    stationId(),
  ]);

  let url = '';
  const display = createRemoteDisplay({
    secret,
    store: sqliteStore({ path: storePath }),
    pairing: { extensionIds: [extensionId] },
    async resolveOrder(orderId) {
      const order = await orders.find(orderId);
      if (!order) return null;
      return { url: documentUrl(url, order), title: order.title, revision: order.revision };
    },
  });
  const app = new Hono()
    .route('/', remoteDisplay(display))
    .route('/', documentRoutes(orders))
    .route('/', scannerRoutes(display, page, screenId));

  const server = createServer(getRequestListener(app.fetch));
  display.attach(server);
  const close = async () => {
    await display.close();
    await stop(server);
    await orders.close();
  };
  try {
    await display.ready();
    url = `http://${HOST}:${await listen(server, port)}`;
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
  return { display, url, close };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}

function stop(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
