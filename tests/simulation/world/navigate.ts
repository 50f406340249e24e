import { RemoteDisplayError } from '@remote-display/protocol';
import { pause } from '../../../packages/client/src/clock.ts';
import type { Handler } from '../../../packages/client/src/run-command.ts';
import type { Glass } from './glass.ts';
import type { Process } from './process.ts';
import type { Station } from './station.ts';
import type { World } from './world.ts';

const CODES = [
  'DOCUMENT_LOAD_FAILED',
  'HANDLER_FAILED',
  'DOCUMENT_UNREACHABLE',
  'DOCUMENT_NOT_FOUND',
] as const;

/**
 * A handler of `navigate` that keeps the rules of the real one: it heeds its signal, it paints at one
 * moment, it returns only if the document stands there, and after an interruption it looks first.
 */
export function navigateOn(
  glass: Glass,
  { world, station, process }: { world: World; station: Station; process: Process },
): Handler<'navigate'> {
  const { random, plan, history } = world;
  const { clock } = process;

  // A process that ended does nothing more, not even this.
  const unlessDead = async () => {
    if (!process.alive) await new Promise<never>(() => {});
  };

  return async (command, { signal, interrupted }) => {
    station.noteBegun(command);
    if (interrupted && glass.shows(command)) return;
    const typical = random.pick([5, 50, 500, 3_000]);
    if (world.happens(plan.chance.handlerHangs)) {
      history.fault('handler hangs', command.id);
      const heedful = random.chance(0.5);
      await pause(clock, 10 * 3_600_000, heedful ? signal : undefined);
    }
    // Not every handler hears at once that it is to stop.
    if (random.chance(0.8)) await pause(clock, random.delay(typical), signal);
    else await pause(clock, Math.min(900, random.delay(typical)));
    signal.throwIfAborted();
    if (world.happens(plan.chance.handlerFails)) {
      const code = random.pick(CODES);
      history.fault('handler fails', code);
      throw new RemoteDisplayError(code);
    }
    station.mayCrash('before showing');
    await unlessDead();
    glass.paint(command);
    station.mayCrash('after showing');
    await unlessDead();
    try {
      await pause(clock, random.delay(typical / 4), signal);
      signal.throwIfAborted();
      if (world.happens(plan.chance.handlerFails / 4)) {
        history.fault('handler fails after showing', command.id);
        throw new RemoteDisplayError('DISPLAY_NOT_COVERED');
      }
    } catch (error) {
      glass.withdraw(command);
      throw error;
    }
    station.mayCrash('before it says shown');
    await unlessDead();
  };
}
