import type { LocalizedText } from './entry.ts';

// What more than one error asks of the person.

export const FIX_REQUEST: LocalizedText = {
  ko: '요청 내용을 고쳐서 다시 보내세요.',
  en: 'Correct the request and send it again.',
};
export const CALL_ADMIN: LocalizedText = {
  ko: '관리자에게 문의하세요.',
  en: 'Ask an administrator.',
};
export const TRY_LATER: LocalizedText = {
  ko: '잠시 후 다시 시도하세요.',
  en: 'Try again in a moment.',
};
export const SIGN_IN: LocalizedText = { ko: '다시 로그인하세요.', en: 'Sign in again.' };
export const PAIR_AGAIN: LocalizedText = {
  ko: '관리자에게 새 페어링 QR 코드를 요청하세요.',
  en: 'Ask an administrator for a new pairing code.',
};
export const SCAN_AGAIN: LocalizedText = {
  ko: '바코드를 다시 스캔하세요.',
  en: 'Scan the barcode again.',
};
export const CHECK_DOCUMENT: LocalizedText = {
  ko: '문서 주소를 확인하도록 관리자에게 알리세요.',
  en: 'Tell an administrator to check the document.',
};
export const CHECK_MONITOR: LocalizedText = {
  ko: '모니터의 전원과 케이블을 확인한 뒤 다시 스캔하세요.',
  en: "Check the monitor's power and cable, then scan again.",
};
