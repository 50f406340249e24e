/** The language of a document: that of the people who build from it. */
export type Language = 'ko' | 'en';

export interface Material {
  part: string;
  spec: string;
  /** For the whole order, with its unit. */
  amount: string;
}

export interface Step {
  title: string;
  text: string;
  /** Where in the plant it is done. */
  place: string;
  /** Planned time for one piece. */
  minutes: number;
}

export interface Check {
  what: string;
  /** What it must be, or by how much it may be off. */
  limit: string;
}

/** What the drawing is made of; lengths in mm. The renderers know how to draw each kind. */
export type DrawingSpec =
  | {
      kind: 'plate';
      width: number;
      height: number;
      holes: { x: number; y: number; diameter: number }[];
    }
  | { kind: 'shaft'; segments: { length: number; diameter: number }[] }
  | { kind: 'box'; width: number; height: number; depth: number }
  | { kind: 'harness'; length: number; branches: { at: number; label: string }[] };

/** A production order with everything that its document says. */
export interface Order {
  id: string;
  title: string;
  customer: string;
  quantity: number;
  /** A calendar day, `YYYY-MM-DD`. */
  due: string;
  revision: string;
  language: Language;
  format: 'html' | 'pdf';
  note: string;
  materials: Material[];
  steps: Step[];
  checks: Check[];
  drawing: DrawingSpec;
}
