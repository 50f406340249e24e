import type { CDPSession } from 'playwright-core';

/** The key that types a character, as Chromium wants it described. */
function keyOf(character: string) {
  const upper = character.toUpperCase();
  const code = /[A-Z]/.test(upper)
    ? `Key${upper}`
    : /\d/.test(character)
      ? `Digit${character}`
      : 'Minus';
  return {
    key: character,
    code,
    windowsVirtualKeyCode: code === 'Minus' ? 189 : upper.charCodeAt(0),
  };
}

const ENTER = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 };

const KEY_GAP_SECONDS = 0.004;

/**
 * Types a text and Enter like a barcode scanner: trusted keys, 4 ms apart. The keys carry their
 * times with them, as those of a real keyboard do, and so do not drift apart on a busy machine.
 */
export async function scanBarcode(session: CDPSession, text: string): Promise<void> {
  const keys = [...text].map((character) => ({ ...keyOf(character), text: character }));
  // Enter is the last and is typed now, so that no time lies in the future.
  const start = Date.now() / 1_000 - keys.length * KEY_GAP_SECONDS;
  const typing = [...keys, { ...ENTER, text: '\r' }].flatMap(({ text, ...key }, index) => {
    const timestamp = start + index * KEY_GAP_SECONDS;
    return [
      session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key, text, timestamp }),
      session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key, timestamp }),
    ];
  });
  await Promise.all(typing);
}
