import { PEN_WIDTH, SHEET, type Shape } from './shapes.ts';

/** Draws into a PDF, as wide as `width` points, its upper left corner at `x`, `y`. */
export function drawInto(
  pdf: PDFKit.PDFDocument,
  shapes: Shape[],
  x: number,
  y: number,
  width: number,
): void {
  pdf.save();
  pdf.translate(x, y).scale(width / SHEET.width);
  for (const shape of shapes) {
    if (shape.shape === 'text') {
      label(pdf, shape);
      continue;
    }
    pdf.lineWidth(PEN_WIDTH[shape.pen]);
    if (shape.pen === 'axis') pdf.dash(9, { space: 3 });
    else pdf.undash();
    if (shape.shape === 'circle') {
      pdf.circle(shape.x, shape.y, shape.radius).stroke();
      continue;
    }
    const [first, ...rest] = shape.points;
    if (!first) continue;
    pdf.moveTo(...first);
    for (const point of rest) pdf.lineTo(...point);
    if (shape.closed) pdf.closePath();
    pdf.stroke();
  }
  pdf.restore();
}

function label(pdf: PDFKit.PDFDocument, text: Extract<Shape, { shape: 'text' }>): void {
  pdf.fontSize(SHEET.textSize);
  pdf.save();
  if (text.turned) pdf.rotate(-90, { origin: [text.x, text.y] });
  pdf.text(text.text, text.x - pdf.widthOfString(text.text) / 2, text.y, {
    lineBreak: false,
    baseline: 'alphabetic',
  });
  pdf.restore();
}
