import type { Product } from './product.ts';

export const driveShaft: Product = {
  title: '구동축 Ø45 SCM440',
  language: 'ko',
  note: '베어링 자리 두 곳은 연삭 후 손으로 만지지 말 것. 방청유를 바로 바를 것.',
  drawing: {
    kind: 'shaft',
    segments: [
      { length: 60, diameter: 25 },
      { length: 40, diameter: 35 },
      { length: 180, diameter: 45 },
      { length: 40, diameter: 35 },
      { length: 80, diameter: 28 },
    ],
  },
  materials: [
    { part: '환봉', spec: 'SCM440 Ø50×410', each: 1, unit: '개' },
    { part: '평행 키', spec: '8×7×40', each: 1, unit: '개' },
    { part: '멈춤링', spec: '축용 35', each: 2, unit: '개' },
    { part: '방청유', spec: '수치환형', each: 0.05, unit: 'L' },
  ],
  steps: [
    ['소재 절단', '톱기계', 4, '길이 410 mm로 자릅니다. 열처리 로트 번호를 끝면에 찍습니다.'],
    ['센터 작업', '선반 1호기', 6, '양 끝면을 다듬고 센터 구멍 B형 3.15를 뚫습니다.'],
    ['황삭과 정삭', 'CNC 선반', 24, '프로그램 SH-45-D. 베어링 자리는 연삭 여유 0.3 mm를 남깁니다.'],
    ['키 홈 가공', '밀링 2호기', 10, '폭 8 P9, 깊이 4.0. 버를 제거하고 키를 끼워 봅니다.'],
    ['고주파 열처리', '열처리', 15, '베어링 자리 표면 경도 HRC 50에서 55, 깊이 1.5 mm 이상.'],
    ['원통 연삭', '연삭 1호기', 18, '베어링 자리 Ø35 k6. 센터를 닦은 뒤 시작합니다.'],
  ],
  checks: [
    ['베어링 자리 지름', 'Ø35 k6 (+0.018 / +0.002)'],
    ['흔들림', '0.02 mm 이하'],
    ['표면 경도', 'HRC 50~55'],
    ['거칠기', 'Ra 0.8 이하'],
  ],
};
