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

/** Types a text and Enter like a barcode scanner: trusted keys, a few ms apart. */
export async function scanBarcode(session: CDPSession, text: string): Promise<void> {
  for (const character of text) {
    const key = keyOf(character);
    await session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key, text: character });
    await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
  }
  await session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...ENTER, text: '\r' });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...ENTER });
}
