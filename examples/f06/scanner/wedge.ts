/** The part of a `KeyboardEvent` that matters here. */
export interface Key {
  key: string;
  /** The place on the keyboard, such as `KeyP`. */
  code: string;
  /** ms, on any clock that goes forward. */
  timeStamp: number;
  shiftKey?: boolean;
  ctrlKey?: boolean;
  altKey?: boolean;
  metaKey?: boolean;
  repeat?: boolean;
}

/** A scanner types this fast, in ms from key to key; a person does not. */
const MAX_GAP = 50;
/** What comes after a pause as long as this, in ms, has nothing to do with what came before. */
const NEW_START = 300;
const MIN_LENGTH = 4;
const MAX_LENGTH = 128;

const PLACES: Record<string, string> = {
  Minus: '-',
  Period: '.',
  Slash: '/',
  Space: ' ',
  NumpadSubtract: '-',
};

/** What a key types. A Korean input method hides the letter; the place of the key still tells it. */
function character({ key, code, shiftKey }: Key): string | undefined {
  if (/^[\x20-\x7e]$/.test(key)) return key;
  if (/^Key[A-Z]$/.test(code)) return code.slice(3);
  if (/^(Digit|Numpad)\d$/.test(code) && !shiftKey) return code.slice(-1);
  return shiftKey ? undefined : PLACES[code];
}

/**
 * Tells a barcode scanner that types like a keyboard from a person: fast keys, ended by Enter.
 *
 * @example
 * ```ts
 * const wedge = wedgeReader();
 * document.addEventListener('keydown', (event) => {
 *   const code = wedge(event);
 *   if (code) show(code);
 * });
 * ```
 * @returns the code, when this key ended a scan.
 */
export function wedgeReader(): (key: Key) => string | undefined {
  let typed = '';
  let last = Number.NEGATIVE_INFINITY;
  // Something amid the keys that no scan has. What follows alone would be another, shorter order.
  let broken = false;
  return (key) => {
    // Scanners hold Shift for capitals; that is not a character and not a pause.
    if (key.key === 'Shift') return undefined;
    const gap = key.timeStamp - last;
    last = key.timeStamp;
    if (gap > MAX_GAP) {
      typed = '';
      broken = gap < NEW_START;
    }
    if (key.key === 'Enter' && !key.repeat) {
      const code = broken ? '' : typed.trim();
      typed = '';
      last = Number.NEGATIVE_INFINITY;
      return code.length >= MIN_LENGTH ? code : undefined;
    }
    const isChord = key.ctrlKey || key.altKey || key.metaKey;
    const next = key.repeat || isChord ? undefined : character(key);
    if (next === undefined || typed.length >= MAX_LENGTH) broken = true;
    else typed += next;
    return undefined;
  };
}
