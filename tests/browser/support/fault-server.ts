import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of documents, good and bad, on this machine. */
export interface FaultServer {
  origin: string;
  close(): Promise<void>;
}

const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]>>endobj
trailer<</Root 1 0 R>>`;

export async function startFaultServer(): Promise<FaultServer> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const html = (status: number, text: string) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end(text);
    if (path.startsWith('/ok')) return html(200, `<title>${path}</title><h1>${path}</h1>`);
    if (path === '/pdf')
      return response.writeHead(200, { 'content-type': 'application/pdf' }).end(PDF);
    if (path === '/404') return html(404, 'not here');
    if (path === '/500') return html(500, 'broken');
    if (path === '/500-empty') return response.writeHead(500).end();
    if (path === '/204') return response.writeHead(204).end();
    if (path === '/download') {
      const headers = {
        'content-type': 'application/octet-stream',
        'content-disposition': 'attachment',
      };
      return response.writeHead(200, headers).end('bytes');
    }
    if (path === '/out') {
      const foreign = `http://localhost:${(server.address() as AddressInfo).port}/ok`;
      return response.writeHead(302, { location: foreign }).end();
    }
    if (path === '/in') return response.writeHead(302, { location: '/ok-redirected' }).end();
    // The document comes, but something that it needs never does.
    if (path === '/half') return html(200, '<h1>half</h1><img src="/hang">');
    if (path !== '/hang') html(404, 'unknown');
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
