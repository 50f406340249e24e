import type { CommandView } from '@remote-display/protocol';
import { expect, it } from 'vitest';
import { startServer } from '../support/server.ts';
import { connectStation } from '../support/station.ts';

it('a listener, a policy and a logger that throw change no end', async () => {
  const broken = () => {
    throw new Error('of the integrator');
  };
  const server = await startServer({
    logger: { debug: broken, info: broken, warn: broken, error: broken },
    commands: { retryPolicy: broken },
    onDeadLetter: broken,
  });
  const names = ['accepted', 'dispatched', 'received', 'settled', 'dead'] as const;
  for (const name of names) server.display.events.on(`command.${name}`, broken);
  for (const name of ['online', 'displays'] as const)
    server.display.events.on(`screen.${name}`, async () => broken());
  await connectStation(server, 'station-1', {
    navigate: async ({ payload }) => {
      if (payload.orderId === 'PO-2') throw Object.assign(new Error('gone'), { code: 'GONE' });
    },
  });
  const trigger = async (orderId: string) => {
    const answer = await server.trigger({ orderId, ttl: 1_000 }, '?wait=shown');
    return ((await answer.json()) as CommandView).state;
  };
  expect(await trigger('PO-1')).toBe('shown');
  // The default policy would retry after a second, when the time to live is over.
  expect(await trigger('PO-2')).toBe('dead');
  await server.close();
});
