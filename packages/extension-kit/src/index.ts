/**
 * Places documents on displays from a Chromium MV3 extension, and proves that they are shown.
 *
 * @packageDocumentation
 */
export type {
  AttachedDisplay,
  BrowserWindow,
  ChromePort,
  ExternalMessage,
  KeyValues,
  NavigationEvent,
  PaintedDocument,
} from './chrome-port.ts';
export type { Identity } from './pairing.ts';
export { type Station, type StationOptions, startStation } from './station.ts';
