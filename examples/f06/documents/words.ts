import type { Language, Order } from '../orders/order.ts';

/** The words of the form itself, by the language of the order. */
export const WORDS = {
  ko: {
    kind: '제작의뢰서',
    revision: '개정',
    quantity: '수량',
    due: '납기',
    customer: '고객사',
    drawing: '도면',
    materials: '자재',
    part: '품명',
    spec: '규격',
    amount: '소요량',
    steps: '작업 순서',
    checks: '품질 검사',
    minutes: '분',
    pieces: '개',
    note: '주의',
    page: '쪽',
    sign: '검사자 서명',
    unit: '단위 mm',
  },
  en: {
    kind: 'Production order',
    revision: 'Revision',
    quantity: 'Quantity',
    due: 'Due',
    customer: 'Customer',
    drawing: 'Drawing',
    materials: 'Materials',
    part: 'Part',
    spec: 'Specification',
    amount: 'Amount',
    steps: 'Steps',
    checks: 'Quality checks',
    minutes: 'min',
    pieces: 'pcs',
    note: 'Note',
    page: 'Page',
    sign: 'Inspected by',
    unit: 'All in mm',
  },
} as const satisfies Record<Language, Record<string, string>>;

export type Words = Record<keyof (typeof WORDS)['ko'], string>;

const DAY: Record<Language, Intl.DateTimeFormat> = {
  ko: new Intl.DateTimeFormat('ko-KR', {
    month: 'long',
    day: 'numeric',
    weekday: 'short',
    timeZone: 'UTC',
  }),
  en: new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  }),
};

/** The due day as people of that language write it. */
export function dueDay(order: Pick<Order, 'due' | 'language'>): string {
  return DAY[order.language].format(new Date(`${order.due}T00:00:00Z`));
}
