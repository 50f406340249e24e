import { basePlate } from './catalogue/base-plate.ts';
import { conveyorShaft } from './catalogue/conveyor-shaft.ts';
import { driveShaft } from './catalogue/drive-shaft.ts';
import { enclosure } from './catalogue/enclosure.ts';
import type { Product } from './catalogue/product.ts';
import { pumpHousing } from './catalogue/pump-housing.ts';
import { sensorHarness } from './catalogue/sensor-harness.ts';
import { wallBracket } from './catalogue/wall-bracket.ts';
import { wiringHarness } from './catalogue/wiring-harness.ts';
import type { Order } from './order.ts';

type Row = [
  Product,
  customer: string,
  quantity: number,
  due: string,
  revision: string,
  Order['format'],
];

// In the order in which the demo scans them: languages, formats and lengths take turns.
const ROWS: Row[] = [
  [enclosure, '한빛전기', 12, '2026-12-04', 'C', 'html'],
  [pumpHousing, 'Northfield Pumps', 6, '2026-12-07', 'B', 'pdf'],
  [driveShaft, '대성기공', 40, '2026-12-02', 'D', 'pdf'],
  [wallBracket, 'Harbour Fixings', 250, '2026-12-03', 'A', 'html'],
  [basePlate, '세진정밀', 80, '2026-12-01', 'B', 'html'],
  [conveyorShaft, 'Linden Conveyors', 24, '2026-12-09', 'C', 'pdf'],
  [wiringHarness, '미래로봇', 60, '2026-12-08', 'A', 'html'],
  [sensorHarness, 'Kestrel Automation', 120, '2026-12-10', 'B', 'html'],
  [enclosure, '동양제어', 4, '2026-12-11', 'C', 'pdf'],
  [pumpHousing, 'Brook Water Systems', 2, '2026-12-11', 'B', 'html'],
  [driveShaft, '한일중공업', 8, '2026-12-14', 'D', 'html'],
  [wallBracket, 'Elm Street Interiors', 500, '2026-12-14', 'B', 'pdf'],
  [basePlate, '태영산업', 32, '2026-12-15', 'B', 'pdf'],
  [conveyorShaft, 'Port Sorting Centre', 96, '2026-12-15', 'C', 'html'],
  [wiringHarness, '우진시스템', 20, '2026-12-16', 'B', 'pdf'],
  [sensorHarness, 'Meadow Dairy', 36, '2026-12-16', 'B', 'pdf'],
  [enclosure, '서해플랜트', 30, '2026-12-17', 'D', 'html'],
  [pumpHousing, 'Northfield Pumps', 10, '2026-12-17', 'C', 'pdf'],
  [driveShaft, '대성기공', 16, '2026-12-18', 'E', 'pdf'],
  [wallBracket, 'Harbour Fixings', 90, '2026-12-18', 'B', 'html'],
  [basePlate, '세진정밀', 150, '2026-12-21', 'C', 'html'],
  [conveyorShaft, 'Linden Conveyors', 12, '2026-12-21', 'C', 'html'],
  [wiringHarness, '미래로봇', 200, '2026-12-22', 'B', 'html'],
  [sensorHarness, 'Kestrel Automation', 75, '2026-12-22', 'C', 'pdf'],
  [enclosure, '한빛전기', 1, '2026-12-23', 'D', 'pdf'],
  [wallBracket, 'Cedar Retail', 48, '2026-12-28', 'B', 'pdf'],
  [driveShaft, '금강모터스', 5, '2026-12-28', 'E', 'html'],
  [basePlate, '남도기계', 24, '2026-12-29', 'C', 'pdf'],
];

/** The orders of the example: `PO-2026-1001` and up. */
export function seedOrders(): Order[] {
  return ROWS.map(([product, customer, quantity, due, revision, format], index) => ({
    id: `PO-2026-${1001 + index}`,
    title: product.title,
    customer,
    quantity,
    due,
    revision,
    language: product.language,
    format,
    note: product.note,
    materials: product.materials.map(({ part, spec, each, unit }) => ({
      part,
      spec,
      amount: `${Math.round(each * quantity * 100) / 100} ${unit}`,
    })),
    steps: product.steps.map(([title, place, minutes, text]) => ({ title, place, minutes, text })),
    checks: product.checks.map(([what, limit]) => ({ what, limit })),
    drawing: product.drawing,
  }));
}
