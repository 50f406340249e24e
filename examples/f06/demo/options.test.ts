import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('readOptions', () => {
  it('is headless where nobody could see a window, and when asked', () => {
    expect(readOptions([], {}, 'linux').headless).toBe(true);
    expect(readOptions([], { DISPLAY: ':0' }, 'linux').headless).toBe(false);
    expect(readOptions([], { WAYLAND_DISPLAY: 'wayland-0' }, 'linux').headless).toBe(false);
    expect(readOptions([], {}, 'win32').headless).toBe(false);
    expect(readOptions(['--headless'], { DISPLAY: ':0' }, 'linux').headless).toBe(true);
  });

  it('scans five orders by default and as many as asked', () => {
    expect(readOptions([], {}).orders).toBe(5);
    expect(readOptions(['--orders', '12'], {}).orders).toBe(12);
  });

  it.each(['0', '-1', '2.5', 'many', '1001'])('refuses --orders=%s', (orders) => {
    expect(() => readOptions([`--orders=${orders}`], {})).toThrow('--orders');
  });

  it('refuses a flag that it does not know', () => {
    expect(() => readOptions(['--fast'], {})).toThrow('--fast');
  });
});
