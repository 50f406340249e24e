/** What a listener throws never hurts whoever tells it; the runtime shows it where it shows such things. */
export function guarded(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    globalThis.reportError?.(error);
  }
}
