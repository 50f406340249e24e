import { CALL_ADMIN, CHECK_DOCUMENT, CHECK_MONITOR, SCAN_AGAIN, TRY_LATER } from './actions.ts';
import { type ErrorEntry, entry } from './entry.ts';

/** Displays and documents. */
export const DOCUMENT_ERRORS = {
  DISPLAY_NOT_AVAILABLE: entry(
    409,
    false,
    { ko: '세컨드 모니터를 찾을 수 없습니다.', en: 'The display is not attached.' },
    CHECK_MONITOR,
  ),
  DISPLAY_PERMISSION_DENIED: entry(
    403,
    false,
    { ko: '세컨드 모니터 접근 권한이 없습니다.', en: 'The display may not be used.' },
    {
      ko: '확장 프로그램의 권한을 허용하세요.',
      en: 'Grant the extension its permissions.',
    },
  ),
  DISPLAY_NOT_COVERED: entry(
    500,
    true,
    {
      ko: '문서 창을 모니터에 배치하지 못했습니다.',
      en: 'The window could not be placed on the display.',
    },
    CHECK_MONITOR,
  ),
  DOCUMENT_BLOCKED: entry(
    422,
    false,
    { ko: '허용되지 않은 주소의 문서입니다.', en: "The document's address is not allowed." },
    CALL_ADMIN,
  ),
  DOCUMENT_NOT_FOUND: entry(
    404,
    false,
    { ko: '문서가 없습니다.', en: 'The document does not exist or is refused.' },
    CHECK_DOCUMENT,
  ),
  DOCUMENT_SERVER_ERROR: entry(
    502,
    true,
    { ko: '문서 서버에 오류가 있습니다.', en: "The document's server answered with an error." },
    TRY_LATER,
  ),
  DOCUMENT_UNREACHABLE: entry(
    502,
    true,
    { ko: '문서 서버에 연결할 수 없습니다.', en: "The document's server cannot be reached." },
    TRY_LATER,
  ),
  DOCUMENT_TIMEOUT: entry(
    504,
    true,
    { ko: '문서가 제때 열리지 않았습니다.', en: 'The document did not load in time.' },
    TRY_LATER,
  ),
  DOCUMENT_NO_CONTENT: entry(
    422,
    false,
    { ko: '문서가 비어 있습니다.', en: 'The address answered without a document.' },
    CHECK_DOCUMENT,
  ),
  DOCUMENT_DOWNLOADED: entry(
    422,
    false,
    {
      ko: '화면에 표시할 수 없는 다운로드 파일입니다.',
      en: 'The address answered with a download instead of a document.',
    },
    CHECK_DOCUMENT,
  ),
  DOCUMENT_LOAD_FAILED: entry(
    502,
    true,
    { ko: '문서를 표시하지 못했습니다.', en: 'The document could not be shown.' },
    SCAN_AGAIN,
  ),
} as const satisfies Record<string, ErrorEntry>;
