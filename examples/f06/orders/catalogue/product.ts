import type { DrawingSpec, Language } from '../order.ts';

/** What is the same in every order of a product. */
export interface Product {
  title: string;
  language: Language;
  note: string;
  materials: { part: string; spec: string; each: number; unit: string }[];
  steps: [title: string, place: string, minutes: number, text: string][];
  checks: [what: string, limit: string][];
  drawing: DrawingSpec;
}
