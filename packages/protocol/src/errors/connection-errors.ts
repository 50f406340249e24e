import { type ErrorEntry, entry } from './entry.ts';

/** Connection, as the client meets it. */
export const CONNECTION_ERRORS = {
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
} as const satisfies Record<string, ErrorEntry>;
