import { RemoteDisplayError } from '@remote-display/client';
import type { CommandEnvelope } from '@remote-display/protocol';
import { chromePort } from '../../../packages/extension-kit/src/chrome-port.ts';
import { showDocument } from '../../../packages/extension-kit/src/show-document.ts';
import { urlPolicy } from '../../../packages/extension-kit/src/url-policy.ts';

// The worker of the tests that need no server: its handler is called from outside.
const port = chromePort();

Object.assign(globalThis, {
  async show(
    url: string,
    displayIndex: number,
    origins: string[],
    timeoutMs: number,
    interruptedId?: string,
  ) {
    const handler = showDocument({ port, permit: urlPolicy(origins), timeoutMs });
    const id = interruptedId ?? crypto.randomUUID();
    const command = {
      id,
      payload: { displayIndex, orderId: 'PO-1', document: { url } },
    } as CommandEnvelope<'navigate'>;
    const { signal } = new AbortController();
    const context = {
      signal,
      interrupted: interruptedId !== undefined,
      receivedAt: performance.now(),
    };
    try {
      return { id, state: 'shown', evidence: await handler(command, context) };
    } catch (error) {
      const { code, detail } = RemoteDisplayError.wrap(error);
      return { id, state: 'failed', code, detail };
    }
  },
});
