// What a wish is, is written in its name: so everyone, in whatever process, knows how it will go.
import { wishOf } from './crash-glass.ts';

/** How long its handler works, in ms. */
export function workMs(orderId: string): number {
  const { place } = wishOf(orderId);
  if (place % 41 === 0) return 60;
  return place % 5 === 0 ? 4 : 0;
}

/** Whether its handler fails at this attempt. */
export function fails(orderId: string, attempt: number): boolean {
  const { place } = wishOf(orderId);
  return diesOf(orderId) || (place % 53 === 7 && attempt === 1);
}

/** Whether its handler fails at every attempt. */
export function diesOf(orderId: string): boolean {
  return wishOf(orderId).place % 211 === 101;
}

/** What kills its device's process, each time. */
export const POISON = 'poison';
