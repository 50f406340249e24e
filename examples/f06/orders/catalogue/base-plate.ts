import type { Product } from './product.ts';

export const basePlate: Product = {
  title: '베이스 플레이트 400×260×16',
  language: 'ko',
  note: '윗면이 기준면입니다. 운반할 때 기준면끼리 맞대지 말 것.',
  drawing: {
    kind: 'plate',
    width: 400,
    height: 260,
    holes: [
      { x: 40, y: 40, diameter: 18 },
      { x: 360, y: 40, diameter: 18 },
      { x: 40, y: 220, diameter: 18 },
      { x: 360, y: 220, diameter: 18 },
      { x: 200, y: 130, diameter: 80 },
    ],
  },
  materials: [
    { part: '강판', spec: 'SS400 18t, 410×270', each: 1, unit: '장' },
    { part: '맞춤핀', spec: 'Ø10×30 m6', each: 2, unit: '개' },
    { part: '도료', spec: '흑착색 처리액', each: 0.2, unit: 'L' },
  ],
  steps: [
    ['가스 절단', '절단 2호기', 6, '여유 5 mm로 자르고 슬래그를 제거합니다.'],
    ['응력 제거', '열처리', 10, '600도에서 1시간 유지하고 노 안에서 식힙니다.'],
    ['윗면 가공', '머시닝 1호기', 15, '평면도 0.03 mm. 클램프를 풀고 한 번 더 잽니다.'],
    ['구멍 가공', '머시닝 1호기', 12, '모서리 구멍 Ø18 네 개, 가운데 구멍 Ø80 H7 한 개.'],
    ['흑착색', '표면처리', 9, '탈지 후 140도 착색. 기준면의 얼룩이 없어야 합니다.'],
  ],
  checks: [
    ['두께', '16.0 ±0.1 mm'],
    ['평면도', '0.03 mm 이하'],
    ['가운데 구멍', 'Ø80 H7'],
    ['구멍 간 거리', '320 ±0.1, 180 ±0.1 mm'],
  ],
};
