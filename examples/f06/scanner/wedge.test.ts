import { describe, expect, it } from 'vitest';
import { type Key, wedgeReader } from './wedge.ts';

/** Types a text and Enter, so many ms from key to key, and gives what was read. */
function type(
  text: string,
  gap: number,
  change: (key: Key) => Key = (key) => key,
): (string | undefined)[] {
  const read = wedgeReader();
  const keys = [...text].map((key) => ({ key, code: '' })).concat({ key: 'Enter', code: 'Enter' });
  return keys.map((key, index) => read(change({ ...key, timeStamp: 1_000 + index * gap })));
}

describe('wedgeReader', () => {
  it('reads fast keys that end in Enter, and nothing before the Enter', () => {
    const answers = type('PO-2026-1001', 5);
    expect(answers.at(-1)).toBe('PO-2026-1001');
    expect(answers.slice(0, -1).every((answer) => answer === undefined)).toBe(true);
  });

  it('reads keys 50 ms apart and no slower', () => {
    expect(type('PO-2026-1001', 50).at(-1)).toBe('PO-2026-1001');
    expect(type('PO-2026-1001', 51).at(-1)).toBeUndefined();
  });

  it('takes no short text and no held key for a scan', () => {
    expect(type('abc', 5).at(-1)).toBeUndefined();
    expect(type('aaaaaaaa', 5, (key) => ({ ...key, repeat: true })).at(-1)).toBeUndefined();
  });

  it('forgets what a person typed just before', () => {
    const read = wedgeReader();
    read({ key: 'x', code: 'KeyX', timeStamp: 0 });
    for (const [index, key] of [...'1234'].entries()) {
      read({ key, code: `Digit${key}`, timeStamp: 500 + index * 4 });
    }
    expect(read({ key: 'Enter', code: 'Enter', timeStamp: 520 })).toBe('1234');
  });

  it.each([60, 150, 299])(
    'takes no rest of a scan that stopped for %i ms, but the next scan',
    (pause) => {
      const read = wedgeReader();
      let timeStamp = 0;
      const scan = (text: string, hole = 4) => {
        for (const [index, key] of [...text].entries()) {
          timeStamp += index === 5 ? hole : 4;
          read({ key, code: '', timeStamp });
        }
        timeStamp += 4;
        return read({ key: 'Enter', code: 'Enter', timeStamp });
      };
      expect(scan('PO-2026-1001', pause)).toBeUndefined();
      timeStamp += 100;
      expect(scan('PO-2026-1001')).toBe('PO-2026-1001');
    },
  );

  it.each(['한', 'F5', 'Tab'])('takes no rest of a scan with %s in it', (strange) => {
    const read = wedgeReader();
    for (const [index, key] of ['P', 'O', strange, ...'2026-1001'].entries()) {
      read({ key, code: '', timeStamp: index * 4 });
    }
    expect(read({ key: 'Enter', code: 'Enter', timeStamp: 60 })).toBeUndefined();
  });

  it('reads through a Korean input method by the place of the key', () => {
    const read = wedgeReader();
    const keys = [
      { key: 'Shift', code: 'ShiftLeft' },
      { key: 'Process', code: 'KeyP', shiftKey: true },
      { key: 'ㅐ', code: 'KeyO', shiftKey: true },
      { key: '-', code: 'Minus' },
      { key: '7', code: 'Digit7' },
    ];
    for (const [index, key] of keys.entries()) read({ ...key, timeStamp: index * 4 });
    expect(read({ key: 'Enter', code: 'Enter', timeStamp: 24 })).toBe('PO-7');
  });
});
