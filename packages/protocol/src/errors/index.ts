export {
  ERRORS,
  type ErrorCode,
  type ErrorEntry,
  isErrorCode,
  type LocalizedText,
} from './catalogue.ts';
export {
  type ErrorBody,
  type Problem,
  RemoteDisplayError,
  type RemoteDisplayErrorOptions,
} from './remote-display-error.ts';
