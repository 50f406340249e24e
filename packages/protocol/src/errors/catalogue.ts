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

const entry = (
  status: number,
  retryable: boolean,
  message: LocalizedText,
  action: LocalizedText,
): ErrorEntry => ({ status, retryable, message, action });

const FIX_REQUEST: LocalizedText = {
  ko: '요청 내용을 고쳐서 다시 보내세요.',
  en: 'Correct the request and send it again.',
};
const CALL_ADMIN: LocalizedText = {
  ko: '관리자에게 문의하세요.',
  en: 'Ask an administrator.',
};
const TRY_LATER: LocalizedText = {
  ko: '잠시 후 다시 시도하세요.',
  en: 'Try again in a moment.',
};
const SIGN_IN: LocalizedText = { ko: '다시 로그인하세요.', en: 'Sign in again.' };
const PAIR_AGAIN: LocalizedText = {
  ko: '관리자에게 새 페어링 QR 코드를 요청하세요.',
  en: 'Ask an administrator for a new pairing code.',
};
const SCAN_AGAIN: LocalizedText = {
  ko: '바코드를 다시 스캔하세요.',
  en: 'Scan the barcode again.',
};
const CHECK_DOCUMENT: LocalizedText = {
  ko: '문서 주소를 확인하도록 관리자에게 알리세요.',
  en: 'Tell an administrator to check the document.',
};
const CHECK_MONITOR: LocalizedText = {
  ko: '모니터의 전원과 케이블을 확인한 뒤 다시 스캔하세요.',
  en: "Check the monitor's power and cable, then scan again.",
};

/** Every error of remote-display by its code. The codes are stable: they may be added to, never changed. */
export const ERRORS = {
  // What the caller sent
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

  // Who the caller is
  UNAUTHENTICATED: entry(
    401,
    false,
    { ko: '로그인이 필요합니다.', en: 'Sign-in is required.' },
    SIGN_IN,
  ),
  TOKEN_EXPIRED: entry(
    401,
    false,
    { ko: '로그인이 만료되었습니다.', en: 'The sign-in has expired.' },
    SIGN_IN,
  ),
  TOKEN_INVALID: entry(
    401,
    false,
    { ko: '인증 정보가 유효하지 않습니다.', en: 'The credentials are not valid.' },
    SIGN_IN,
  ),
  SESSION_REVOKED: entry(
    401,
    false,
    { ko: '이 연결의 권한이 취소되었습니다.', en: 'The right to connect was withdrawn.' },
    PAIR_AGAIN,
  ),
  FORBIDDEN: entry(
    403,
    false,
    { ko: '권한이 없습니다.', en: 'This is not permitted.' },
    CALL_ADMIN,
  ),
  PAIRING_INVALID: entry(
    410,
    false,
    {
      ko: '페어링 코드가 만료되었거나 이미 사용되었습니다.',
      en: 'The pairing code has expired or was used already.',
    },
    PAIR_AGAIN,
  ),

  // Orders, as the integrator's resolveOrder answers
  ORDER_NOT_FOUND: entry(
    404,
    false,
    { ko: '주문을 찾을 수 없습니다.', en: 'The order was not found.' },
    SCAN_AGAIN,
  ),
  ORDER_OUT_OF_STOCK: entry(
    409,
    false,
    { ko: '재고가 없습니다.', en: 'The order is out of stock.' },
    CALL_ADMIN,
  ),
  ORDER_LOOKUP_FAILED: entry(
    502,
    true,
    { ko: '주문 조회에 실패했습니다.', en: 'The order could not be looked up.' },
    TRY_LATER,
  ),
  ORDER_LOOKUP_TIMEOUT: entry(
    504,
    true,
    { ko: '주문 조회가 너무 오래 걸립니다.', en: 'Looking up the order took too long.' },
    TRY_LATER,
  ),

  // Commands and screens
  COMMAND_NOT_FOUND: entry(
    404,
    false,
    { ko: '명령을 찾을 수 없습니다.', en: 'The command was not found.' },
    SCAN_AGAIN,
  ),
  COMMAND_NOT_CANCELLABLE: entry(
    409,
    false,
    {
      ko: '이미 실행 중이거나 끝난 명령은 취소할 수 없습니다.',
      en: 'A command that is under way or ended cannot be cancelled.',
    },
    { ko: '새 명령을 보내세요.', en: 'Send a new command instead.' },
  ),
  COMMAND_EXPIRED: entry(
    410,
    false,
    { ko: '명령의 유효 시간이 지났습니다.', en: 'The command was not delivered in time.' },
    SCAN_AGAIN,
  ),
  SCREEN_NOT_FOUND: entry(
    404,
    false,
    { ko: '화면을 찾을 수 없습니다.', en: 'The screen was not found.' },
    { ko: '화면 번호를 확인하세요.', en: 'Check the screen id.' },
  ),
  SCREEN_TAKEN_OVER: entry(
    409,
    false,
    {
      ko: '같은 화면이 다른 곳에서 연결되었습니다.',
      en: 'The same screen connected from somewhere else.',
    },
    {
      ko: '이 스테이션을 계속 쓰려면 다시 페어링하세요.',
      en: 'Pair this station again if it is the one to use.',
    },
  ),
  RECEIPT_TIMEOUT: entry(
    504,
    true,
    { ko: '화면이 명령을 받지 않았습니다.', en: 'The screen did not confirm receipt in time.' },
    TRY_LATER,
  ),
  OUTCOME_TIMEOUT: entry(
    504,
    true,
    {
      ko: '화면이 결과를 알려 오지 않았습니다.',
      en: 'The screen did not report an outcome in time.',
    },
    TRY_LATER,
  ),
  UNSUPPORTED: entry(
    422,
    false,
    { ko: '이 화면이 지원하지 않는 명령입니다.', en: 'This screen does not support the command.' },
    CALL_ADMIN,
  ),
  HANDLER_FAILED: entry(
    500,
    true,
    {
      ko: '화면에서 명령을 실행하지 못했습니다.',
      en: 'The screen failed to carry out the command.',
    },
    SCAN_AGAIN,
  ),
  HANDLER_TIMEOUT: entry(
    504,
    true,
    {
      ko: '화면에서 명령이 제때 끝나지 않았습니다.',
      en: 'The screen did not finish the command in time.',
    },
    SCAN_AGAIN,
  ),
  INTERRUPTED: entry(
    500,
    false,
    { ko: '화면에서 명령이 중단되었습니다.', en: 'The command was interrupted on the screen.' },
    SCAN_AGAIN,
  ),

  // Displays and documents
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

  // Connection, as the client meets it
  CONNECTION_TIMEOUT: entry(
    504,
    true,
    { ko: '서버에 연결할 수 없습니다.', en: 'The server did not answer in time.' },
    { ko: '네트워크 연결을 확인하세요.', en: 'Check the network connection.' },
  ),
  CONNECTION_REFUSED: entry(
    503,
    true,
    { ko: '서버가 응답하지 않습니다.', en: 'The server cannot be reached.' },
    {
      ko: '네트워크 연결을 확인하고, 계속되면 관리자에게 문의하세요.',
      en: 'Check the network; if it lasts, ask an administrator.',
    },
  ),

  // The server itself
  SERVER_DRAINING: entry(
    503,
    true,
    { ko: '서버가 재시작 중입니다.', en: 'The server is restarting.' },
    TRY_LATER,
  ),
  STORE_UNAVAILABLE: entry(
    503,
    true,
    { ko: '저장소를 사용할 수 없습니다.', en: 'The store is not available.' },
    TRY_LATER,
  ),
  STORE_LOCKED: entry(
    503,
    false,
    { ko: '다른 서버가 저장소를 사용 중입니다.', en: 'Another server is using the store.' },
    {
      ko: '다른 서버를 멈추거나 다른 경로를 지정하세요.',
      en: 'Stop the other server or use another path.',
    },
  ),
  STORE_TOO_NEW: entry(
    503,
    false,
    {
      ko: '저장소가 더 새로운 버전으로 만들어졌습니다.',
      en: 'The store was written by a newer version.',
    },
    { ko: '서버를 업데이트하세요.', en: 'Update the server.' },
  ),
  STORE_CORRUPT: entry(
    503,
    false,
    { ko: '저장소가 손상되었습니다.', en: 'The store is damaged.' },
    { ko: '백업에서 복원하세요.', en: 'Restore it from a backup.' },
  ),
  OVERLOADED: entry(
    503,
    true,
    { ko: '요청이 너무 많습니다.', en: 'There is too much work at the moment.' },
    TRY_LATER,
  ),
  INVALID_OPTIONS: entry(
    500,
    false,
    { ko: '설정이 올바르지 않습니다.', en: 'An option is not valid or not safe.' },
    { ko: '오류에 적힌 설정을 고치세요.', en: 'Correct the option that the error names.' },
  ),
  INTERNAL: entry(
    500,
    true,
    { ko: '알 수 없는 오류가 발생했습니다.', en: 'Something unexpected went wrong.' },
    CALL_ADMIN,
  ),
} as const satisfies Record<string, ErrorEntry>;

/** The closed union of error codes. */
export type ErrorCode = keyof typeof ERRORS;

/** Whether a string is one of our error codes. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}
