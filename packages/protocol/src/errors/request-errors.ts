import { FIX_REQUEST } from './actions.ts';
import { type ErrorEntry, entry } from './entry.ts';

/** What the caller sent. */
export const REQUEST_ERRORS = {
  INVALID_REQUEST: entry(
    400,
    false,
    { ko: '요청이 올바르지 않습니다.', en: 'The request is not valid.' },
    FIX_REQUEST,
  ),
  UNSUPPORTED_MEDIA_TYPE: entry(
    415,
    false,
    { ko: '지원하지 않는 형식의 요청입니다.', en: 'This content type is not supported.' },
    { ko: 'application/json으로 보내세요.', en: 'Send application/json.' },
  ),
  PAYLOAD_TOO_LARGE: entry(
    413,
    false,
    { ko: '요청이 너무 큽니다.', en: 'The request is too large.' },
    FIX_REQUEST,
  ),
  NOT_FOUND: entry(
    404,
    false,
    { ko: '찾을 수 없습니다.', en: 'There is nothing here.' },
    { ko: '주소를 확인하세요.', en: 'Check the address.' },
  ),
  METHOD_NOT_ALLOWED: entry(
    405,
    false,
    {
      ko: '이 주소에서는 쓸 수 없는 메서드입니다.',
      en: 'This method is not allowed at this address.',
    },
    FIX_REQUEST,
  ),
  IDEMPOTENCY_CONFLICT: entry(
    409,
    false,
    {
      ko: '같은 id로 내용이 다른 요청이 이미 있습니다.',
      en: 'Another request with the same id and different content exists already.',
    },
    { ko: '새 id로 보내세요.', en: 'Send it under a new id.' },
  ),
  PROTOCOL_VERSION_MISMATCH: entry(
    426,
    false,
    {
      ko: '서버와 버전이 맞지 않습니다.',
      en: 'This client and the server speak different versions.',
    },
    {
      ko: '확장 프로그램 또는 앱을 업데이트하세요.',
      en: 'Update the extension or app.',
    },
  ),
} as const satisfies Record<string, ErrorEntry>;
