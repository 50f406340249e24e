import { TRY_LATER } from './actions.ts';
import { type ErrorEntry, entry } from './entry.ts';

/** The store. */
export const STORE_ERRORS = {
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
  STORE_UNSAFE: entry(
    500,
    false,
    {
      ko: '저장소 설정이 접수된 명령을 잃을 수 있게 되어 있습니다.',
      en: 'The store is set up so that it could lose what was accepted.',
    },
    {
      ko: '오류에 적힌 저장소 설정을 고치세요.',
      en: 'Correct the setting of the store that the error names.',
    },
  ),
  STORE_MISMATCH: entry(
    500,
    false,
    { ko: '저장소가 다른 설정으로 만들어졌습니다.', en: 'The store was made with other settings.' },
    {
      ko: '저장소를 만든 설정으로 되돌리거나 새 저장소를 지정하세요.',
      en: 'Go back to the settings that it was made with, or use a new store.',
    },
  ),
} as const satisfies Record<string, ErrorEntry>;
