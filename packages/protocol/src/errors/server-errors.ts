import { CALL_ADMIN, TRY_LATER } from './actions.ts';
import { type ErrorEntry, entry } from './entry.ts';

/** The server itself. */
export const SERVER_ERRORS = {
  SERVER_DRAINING: entry(
    503,
    true,
    { ko: '서버가 재시작 중입니다.', en: 'The server is restarting.' },
    TRY_LATER,
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
  CIRCUIT_OPEN: entry(
    503,
    true,
    {
      ko: '연결된 시스템이 계속 실패하여 잠시 호출을 멈췄습니다.',
      en: 'What the server relies on failed again and again and is left alone for a moment.',
    },
    TRY_LATER,
  ),
} as const satisfies Record<string, ErrorEntry>;
