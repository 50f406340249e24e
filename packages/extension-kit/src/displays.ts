import { RemoteDisplayError } from '@remote-display/client';
import type { Bounds, Display } from '@remote-display/protocol';
import type { AttachedDisplay } from './chrome-port.ts';

/** Displays in the order of their index: 0 is the primary, the others by left edge, then top. */
export function inOrder(displays: readonly AttachedDisplay[]): AttachedDisplay[] {
  return [...displays].sort(
    (a, b) =>
      Number(b.primary) - Number(a.primary) ||
      a.bounds.left - b.bounds.left ||
      a.bounds.top - b.bounds.top,
  );
}

/** The display with this index; throws `DISPLAY_NOT_AVAILABLE`. */
export function displayAt(displays: readonly AttachedDisplay[], index: number): AttachedDisplay {
  const display = inOrder(displays)[index];
  if (display) return display;
  const detail = `display ${index} of ${displays.length} attached`;
  throw new RemoteDisplayError('DISPLAY_NOT_AVAILABLE', { detail });
}

/** The displays as the server is told of them. */
export function toProtocol(displays: readonly AttachedDisplay[]): Display[] {
  return inOrder(displays).map(({ name, primary, bounds }, index) => ({
    index,
    primary,
    bounds,
    ...(name ? { label: name } : {}),
  }));
}

/** Whether one lies within the other. */
export function isWithin(inner: Bounds, outer: Bounds): boolean {
  return (
    inner.left >= outer.left &&
    inner.top >= outer.top &&
    inner.left + inner.width <= outer.left + outer.width &&
    inner.top + inner.height <= outer.top + outer.height
  );
}
