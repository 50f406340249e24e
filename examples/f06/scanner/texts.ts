import type { ScanState } from './scan.ts';
import type { Stage } from './timings.ts';

export type Language = 'ko' | 'en';

interface Texts {
  title: string;
  other: string;
  field: string;
  show: string;
  idle: string;
  idleHint: string;
  earlier: string;
  display: (index: number) => string;
  repeat: (orderId: string) => string;
  states: Record<Exclude<ScanState, 'shown'>, string>;
  shown: (ms: number) => string;
  stages: Record<Stage, string>;
  link: Record<'connecting' | 'online' | 'lost' | 'signedOut', string>;
  station: Record<'online' | 'offline' | 'unknown', string>;
}

export const TEXTS: Record<Language, Texts> = {
  ko: {
    title: '제작의뢰서 스캔',
    other: 'English',
    field: '주문 번호 직접 입력',
    show: '표시',
    idle: '바코드를 스캔하세요',
    idleHint: '이 페이지 어디에서나 스캔할 수 있습니다.',
    earlier: '이전 스캔',
    display: (index) => (index === 0 ? '주 모니터' : `모니터 ${index + 1}`),
    repeat: (orderId) => `${orderId}: 같은 바코드가 연속으로 스캔되어 한 번만 처리합니다.`,
    states: {
      sending: '보내는 중',
      queued: '접수됨, 화면을 기다리는 중',
      dispatched: '화면으로 전달 중',
      received: '화면이 받음, 여는 중',
      dead: '표시하지 못했습니다',
      expired: '표시하지 못했습니다',
      superseded: '더 새로운 스캔으로 대체됨',
      cancelled: '취소됨',
      refused: '표시하지 못했습니다',
    },
    shown: (ms) => `표시됨 · ${ms} ms`,
    stages: { accepted: '접수', dispatched: '전달', received: '수신', shown: '표시' },
    link: {
      connecting: '서버에 연결하는 중',
      online: '서버 연결됨',
      lost: '서버와 연결이 끊겼습니다. 다시 연결하는 중입니다.',
      signedOut: '로그인이 끝났습니다. 페이지를 새로 고치세요.',
    },
    station: { online: '화면 연결됨', offline: '화면 연결 안 됨', unknown: '화면 상태 알 수 없음' },
  },
  en: {
    title: 'Scan a production order',
    other: '한국어',
    field: 'Or type an order number',
    show: 'Show',
    idle: 'Scan a barcode',
    idleHint: 'Anywhere on this page.',
    earlier: 'Earlier scans',
    display: (index) => (index === 0 ? 'Primary display' : `Display ${index + 1}`),
    repeat: (orderId) => `${orderId} was scanned twice in a row and is handled once.`,
    states: {
      sending: 'Sending',
      queued: 'Accepted, waiting for the screen',
      dispatched: 'On the way to the screen',
      received: 'Received by the screen, opening',
      dead: 'Not shown',
      expired: 'Not shown',
      superseded: 'Replaced by a newer scan',
      cancelled: 'Cancelled',
      refused: 'Not shown',
    },
    shown: (ms) => `Shown in ${ms} ms`,
    stages: {
      accepted: 'Accepted',
      dispatched: 'On the way',
      received: 'Received',
      shown: 'Shown',
    },
    link: {
      connecting: 'Connecting to the server',
      online: 'Server connected',
      lost: 'The connection to the server is lost. Reconnecting.',
      signedOut: 'The sign-in has ended. Reload the page.',
    },
    station: {
      online: 'Screen connected',
      offline: 'Screen not connected',
      unknown: 'Screen unknown',
    },
  },
};
