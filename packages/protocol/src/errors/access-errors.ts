import { CALL_ADMIN, PAIR_AGAIN, SIGN_IN } from './actions.ts';
import { type ErrorEntry, entry } from './entry.ts';

/** Who the caller is. */
export const ACCESS_ERRORS = {
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
} as const satisfies Record<string, ErrorEntry>;
