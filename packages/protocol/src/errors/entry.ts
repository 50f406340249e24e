/** A text for people, in the languages that every error speaks. */
export interface LocalizedText {
  readonly ko: string;
  readonly en: string;
}

/** What is known of an error by its code alone. */
export interface ErrorEntry {
  /** HTTP status under which the code is answered. */
  readonly status: number;
  /** Whether the same thing tried again, unchanged, may succeed. */
  readonly retryable: boolean;
  /** What happened. */
  readonly message: LocalizedText;
  /** What the person who reads it can do. */
  readonly action: LocalizedText;
}

/** One line of the catalogue. */
export const entry = (
  status: number,
  retryable: boolean,
  message: LocalizedText,
  action: LocalizedText,
): ErrorEntry => ({ status, retryable, message, action });
