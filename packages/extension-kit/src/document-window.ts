import { RemoteDisplayError } from '@remote-display/client';
import type { AttachedDisplay, ChromePort } from './chrome-port.ts';
import { isWithin } from './displays.ts';

/** The window that stands on a display, and its one tab. */
export interface DocumentWindow {
  windowId: number;
  tabId: number;
}

/**
 * One window for each display, made once and used again: a warm one is twice as fast, and keeps
 * the old document until the new one is there. It never takes the keyboard.
 */
export class DocumentWindows {
  readonly #port: ChromePort;

  constructor(port: ChromePort) {
    this.#port = port;
  }

  /** The window of a display, full screen on it; throws `DISPLAY_NOT_COVERED`. */
  async on(display: AttachedDisplay, index: number): Promise<DocumentWindow> {
    try {
      const known = await this.#known(index);
      if (known && (await this.isOn(known, display))) return known;
      const window =
        (known && (await this.#move(known, display))) ?? (await this.#create(display, index));
      await this.#port.fillDisplay(window.windowId);
      return window;
    } catch (cause) {
      throw new RemoteDisplayError('DISPLAY_NOT_COVERED', { cause, detail: String(cause) });
    }
  }

  /** Whether the window stands full screen on that display. */
  async isOn({ windowId }: DocumentWindow, display: AttachedDisplay): Promise<boolean> {
    const window = await this.#port.window(windowId);
    return window?.state === 'fullscreen' && isWithin(window.bounds, display.bounds);
  }

  // Remembered for as long as the browser runs, since windows end with it.
  async #known(index: number): Promise<DocumentWindow | undefined> {
    const known = await this.#port.session.get<DocumentWindow>(keyOf(index));
    if (known === undefined) return undefined;
    const isThere = (await this.#port.window(known.windowId)) !== undefined;
    return isThere && (await this.#port.tabUrl(known.tabId)) !== undefined ? known : undefined;
  }

  // Leaving full screen, or coming back from the task bar, would take the keyboard for an instant:
  // such a window is replaced by a new one.
  async #move(
    window: DocumentWindow,
    { bounds }: AttachedDisplay,
  ): Promise<DocumentWindow | undefined> {
    if ((await this.#port.window(window.windowId))?.state === 'normal') {
      await this.#port.moveWindow(window.windowId, bounds);
      return window;
    }
    await this.#port.closeWindow(window.windowId);
    return undefined;
  }

  async #create(display: AttachedDisplay, index: number): Promise<DocumentWindow> {
    const window = await this.#port.createWindow(display.bounds);
    await this.#port.session.set(keyOf(index), window);
    const { bounds } = (await this.#port.window(window.windowId)) ?? display;
    // A browser that was started with a place for its windows gives it to this one, too.
    if (!isWithin(bounds, display.bounds))
      await this.#port.moveWindow(window.windowId, display.bounds);
    return window;
  }
}

function keyOf(index: number): string {
  return `window:${index}`;
}
