import type { Clock } from './engine/clock.ts';

/** The machine's time. Its timers never keep the process alive: what is due lies in the store. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, task) {
    // Beyond this Node fires at once; the engine looks again whenever a timer is early.
    const timer = setTimeout(task, Math.min(delayMs, 2_147_483_647));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
