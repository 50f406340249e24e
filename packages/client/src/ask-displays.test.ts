import type { Display, RemoteDisplayError } from '@remote-display/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { askDisplays } from './ask-displays.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

let clock: VirtualClock;
let errors: RemoteDisplayError[];
beforeEach(() => {
  clock = new VirtualClock();
  errors = [];
});

const display: Display = {
  index: 0,
  primary: true,
  bounds: { left: 0, top: 0, width: 1_920, height: 1_080 },
};
const ask = (displays?: () => Promise<Display[]>) =>
  askDisplays(displays, clock, (error) => errors.push(error));

describe('the displays', () => {
  it('are those that are told', async () => {
    const told = [display, { ...display, index: 1, label: 'andon' }];
    expect(await ask(async () => told)).toEqual(told);
    expect(await ask(async () => [])).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('are not known where nobody tells', async () => {
    expect(await ask()).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it('are not known after two seconds of silence, and that is said', async () => {
    let answer: unknown = 'waits';
    void ask(() => new Promise(() => {})).then((given) => {
      answer = given;
    });
    await clock.advance(1_999);
    expect([answer, errors]).toEqual(['waits', []]);
    await clock.advance(1);
    expect(answer).toBeUndefined();
    expect(errors).toMatchObject([
      { code: 'INTERNAL', detail: expect.stringContaining('2000 ms') },
    ]);
  });

  it.each<[string, () => unknown]>([
    ['throws', () => Promise.reject(new Error('no permission'))],
    ['throws at once', () => JSON.parse('no permission')],
    ['answers nothing', async () => undefined],
    ['answers more than there may be', async () => Array(17).fill(display)],
    ['answers an odd one', async () => [display, { ...display, index: 16 }]],
    ['answers half of one', async () => [{ index: 0, primary: true }]],
    ['answers more of one than there is', async () => [{ ...display, color: 'red' }]],
    ['answers nonsense', async () => [undefined]],
  ])('are not known where the integrator’s function %s, and that is said', async (_, displays) => {
    expect(await ask(displays as () => Promise<Display[]>)).toBeUndefined();
    expect(errors).toHaveLength(1);
  });
});
