import { element } from './element.ts';
import { errorOf, type Scan, stateOf } from './scan.ts';
import { type Language, TEXTS } from './texts.ts';
import { STAGES, type Timings, timingsOf } from './timings.ts';

/** One scan as people see it. The same facts stand in `data-*`, for whoever automates the page. */
export function scanCard(scan: Scan, language: Language): HTMLElement {
  const timings = scan.view ? timingsOf(scan.view, scan.scannedAt) : {};
  const state = stateOf(scan);
  const { display, shown, states } = TEXTS[language];
  return element(
    'article',
    {
      class: 'scan',
      'data-order-id': scan.orderId,
      'data-command-id': scan.view?.commandId,
      'data-state': state,
      'data-scanned-at': scan.scannedAt,
      'data-display-index': scan.displayIndex,
      'data-error': errorOf(scan)?.code,
      'data-detail': errorOf(scan)?.detail,
      'data-timings': JSON.stringify(timings),
    },
    element('p', { class: 'where' }, display(scan.displayIndex)),
    element('h2', {}, scan.orderId),
    element('p', { class: 'state' }, state === 'shown' ? shown(timings.shown ?? 0) : states[state]),
    ...failure(scan, language),
    stages(timings, language),
  );
}

function failure(scan: Scan, language: Language): HTMLElement[] {
  const error = errorOf(scan);
  if (!error) return [];
  return [
    element(
      'div',
      { class: 'failure' },
      element('p', {}, element('strong', {}, error.text[language]), ` ${error.action[language]}`),
      element('p', { class: 'code' }, error.code),
    ),
  ];
}

function stages(timings: Timings, language: Language): HTMLElement {
  const items = STAGES.map((stage) => {
    const ms = timings[stage];
    return element(
      'li',
      { 'data-done': ms === undefined ? undefined : '' },
      element('span', {}, TEXTS[language].stages[stage]),
      element('b', {}, ms === undefined ? '–' : `${ms} ms`),
    );
  });
  return element('ol', { class: 'stages' }, ...items);
}
