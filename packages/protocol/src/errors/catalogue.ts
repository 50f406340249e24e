import { ACCESS_ERRORS } from './access-errors.ts';
import { COMMAND_ERRORS } from './command-errors.ts';
import { CONNECTION_ERRORS } from './connection-errors.ts';
import { DOCUMENT_ERRORS } from './document-errors.ts';
import type { ErrorEntry } from './entry.ts';
import { REQUEST_ERRORS } from './request-errors.ts';
import { SERVER_ERRORS } from './server-errors.ts';
import { STORE_ERRORS } from './store-errors.ts';
import { TRIGGER_ERRORS } from './trigger-errors.ts';

export type { ErrorEntry, LocalizedText } from './entry.ts';

/** Every error of remote-display by its code. The codes are stable: they may be added to, never changed. */
export const ERRORS = {
  ...REQUEST_ERRORS,
  ...ACCESS_ERRORS,
  ...TRIGGER_ERRORS,
  ...COMMAND_ERRORS,
  ...DOCUMENT_ERRORS,
  ...CONNECTION_ERRORS,
  ...SERVER_ERRORS,
  ...STORE_ERRORS,
} as const satisfies Record<string, ErrorEntry>;

/** The closed union of error codes. */
export type ErrorCode = keyof typeof ERRORS;

/** Whether a string is one of our error codes. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}
