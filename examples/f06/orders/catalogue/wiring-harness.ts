import type { Product } from './product.ts';

export const wiringHarness: Product = {
  title: '로봇 배선 하네스 2.4 m',
  language: 'ko',
  note: '압착 높이는 매 50개마다 재고 기록합니다.',
  drawing: {
    kind: 'harness',
    length: 2400,
    branches: [
      { at: 300, label: 'J1 전원' },
      { at: 1100, label: 'J2 엔코더' },
      { at: 1800, label: 'J3 브레이크' },
      { at: 2400, label: 'J4 그리퍼' },
    ],
  },
  materials: [
    { part: '전원선', spec: 'UL1015 AWG14 흑/적', each: 5.2, unit: 'm' },
    { part: '신호선', spec: 'UL2464 AWG24 4P 차폐', each: 2.6, unit: 'm' },
    { part: '커넥터', spec: '방수 12극 암', each: 4, unit: '개' },
    { part: '단자', spec: '0.5~1.25 sq 금도금', each: 36, unit: '개' },
    { part: '주름관', spec: '내경 16, 난연', each: 2.3, unit: 'm' },
  ],
  steps: [
    ['절단과 탈피', '전선기', 6, '길이 공차 +10 / -0 mm. 심선이 잘린 것은 버립니다.'],
    ['단자 압착', '압착기 4호', 12, '첫 5개는 인장 시험 80 N. 압착 높이 1.45 ±0.05 mm.'],
    ['커넥터 삽입', '조립 1반', 10, '딸깍 소리와 함께 들어간 뒤 살짝 당겨 확인합니다.'],
    ['주름관과 묶기', '조립 1반', 9, '분기점에서 앞뒤 30 mm를 묶습니다. 묶음 끝은 바짝 자릅니다.'],
    ['도통 시험', '시험대', 3, '지그 HN-24를 물리고 전체 36회로를 확인합니다.'],
  ],
  checks: [
    ['전체 길이', '2400 +20 / -0 mm'],
    ['도통', '36회로 모두 합격'],
    ['절연 저항', '100 메가옴 이상'],
    ['라벨', 'J1~J4 위치와 방향'],
  ],
};
