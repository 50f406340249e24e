import { describe, expect, it } from 'vitest';
import type { AttachedDisplay } from './chrome-port.ts';
import { displayAt, inOrder, isWithin, toProtocol } from './displays.ts';

const display = (id: string, left: number, top: number, primary = false): AttachedDisplay => ({
  id,
  name: '',
  primary,
  bounds: { left, top, width: 1920, height: 1080 },
});

describe('displays', () => {
  it('are the primary first, then by left edge, then by top', () => {
    const attached = [
      display('right-low', 1920, 500),
      display('far-left', -3840, 0),
      display('primary', 0, 0, true),
      display('right-high', 1920, -580),
      display('left', -1920, 0),
    ];
    const ids = inOrder(attached).map(({ id }) => id);
    expect(ids).toEqual(['primary', 'far-left', 'left', 'right-high', 'right-low']);
    expect(displayAt(attached, 3).id).toBe('right-high');
    expect(toProtocol(attached)[1]).toEqual({
      index: 1,
      primary: false,
      bounds: { left: -3840, top: 0, width: 1920, height: 1080 },
    });
  });

  it('that are not there are said to be missing, and of how many', () => {
    expect(() => displayAt([display('primary', 0, 0, true)], 1)).toThrow(
      expect.objectContaining({ code: 'DISPLAY_NOT_AVAILABLE', detail: 'display 1 of 1 attached' }),
    );
  });

  it('hold a window only if all of it lies within', () => {
    const outer = { left: 1920, top: 0, width: 1280, height: 1024 };
    expect(isWithin(outer, outer)).toBe(true);
    expect(isWithin({ ...outer, left: 1919 }, outer)).toBe(false);
    expect(isWithin({ ...outer, height: 1025 }, outer)).toBe(false);
  });
});
