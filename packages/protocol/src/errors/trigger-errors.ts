import { CALL_ADMIN, SCAN_AGAIN, TRY_LATER } from './actions.ts';
import { type ErrorEntry, entry } from './entry.ts';

/** Orders, as the integrator's `resolveOrder` answers, and what a trigger makes of them. */
export const TRIGGER_ERRORS = {
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
  TRIGGER_OVERTAKEN: entry(
    409,
    false,
    {
      ko: '주문을 조회하는 동안 이 모니터에 더 새로운 주문이 요청되었습니다.',
      en: 'While the order was looked up, a newer one was triggered on this display.',
    },
    {
      ko: '새 주문이 표시됩니다. 이 주문이 필요하면 다시 스캔하세요.',
      en: 'The newer order is shown; scan again if this one is wanted.',
    },
  ),
  TOO_MANY_SCREENS: entry(
    400,
    false,
    {
      ko: '한 번에 보낼 수 있는 화면 수를 넘었습니다.',
      en: 'The list or tag reaches more screens than one trigger may.',
    },
    { ko: '화면을 나누어 보내세요.', en: 'Split it into several triggers.' },
  ),
} as const satisfies Record<string, ErrorEntry>;
