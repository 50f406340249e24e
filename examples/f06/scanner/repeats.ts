/** A scanner that reads the same label again at once means nothing new by it, in ms. */
const SAME_SCAN = 1_000;

/** Says of each scan whether it only repeats the one before. */
export function repeatFilter(): (code: string, at: number) => boolean {
  let last: { code: string; at: number } | undefined;
  return (code, at) => {
    const isRepeat = last !== undefined && last.code === code && at - last.at < SAME_SCAN;
    // Measured from the first of them: a label held under the scanner does show again each second.
    if (!isRepeat) last = { code, at };
    return isRepeat;
  };
}
