import { type Display, RemoteDisplayError } from '@remote-display/protocol';
import { type Clock, within } from './clock.ts';
import { areDisplays } from './evidence.ts';

const PATIENCE_MS = 2_000;

/**
 * The displays as the integrator tells them, within 2 s. `undefined` where that cannot be known now:
 * to say that there are none would make the server forget those that there are.
 */
export async function askDisplays(
  ask: (() => Promise<Display[]>) | undefined,
  clock: Clock,
  onError: (error: RemoteDisplayError) => void,
): Promise<Display[] | undefined> {
  if (ask === undefined) return undefined;
  const late = () =>
    new RemoteDisplayError('INTERNAL', {
      detail: `the displays were not told in ${PATIENCE_MS} ms`,
    });
  try {
    const displays = await within(clock, PATIENCE_MS, (async () => ask())(), late);
    if (areDisplays(displays)) return displays;
    onError(new RemoteDisplayError('INVALID_REQUEST', { detail: 'displays' }));
  } catch (error) {
    onError(RemoteDisplayError.wrap(error));
  }
  return undefined;
}
