import { element } from './element.ts';
import type { Scan } from './scan.ts';
import { scanCard } from './scan-card.ts';
import { type Language, TEXTS } from './texts.ts';

/** Everything that the page shows. */
export interface PageState {
  language: Language;
  /** Newest first. */
  scans: readonly Scan[];
  link: 'connecting' | 'online' | 'lost' | 'signedOut';
  station: 'online' | 'offline' | 'unknown';
  /** The order that was just scanned twice. */
  repeated?: string | undefined;
}

function find<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found as T;
}

/** Draws the page from its state. */
export function drawPage({ language, scans, link, station, repeated }: PageState): void {
  const texts = TEXTS[language];
  document.documentElement.lang = language;
  document.title = texts.title;
  find('title').textContent = texts.title;
  find('language').textContent = texts.other;
  find('language').lang = language === 'ko' ? 'en' : 'ko';
  find('field').textContent = texts.field;
  find('show').textContent = texts.show;
  find('notice').textContent = repeated ? texts.repeat(repeated) : '';

  const [current, ...earlier] = scans;
  find('current').replaceChildren(
    current
      ? scanCard(current, language)
      : element(
          'div',
          { class: 'idle' },
          element('h2', {}, texts.idle),
          element('p', {}, texts.idleHint),
        ),
  );
  find('earlier').hidden = earlier.length === 0;
  find('earlier-title').textContent = texts.earlier;
  find('earlier-scans').replaceChildren(...earlier.map((scan) => scanCard(scan, language)));

  // What cannot work must be seen before the next scan, not after it.
  const isLost = link === 'lost' || link === 'signedOut';
  find('lost').hidden = !isLost;
  find('lost').textContent = isLost ? texts.link[link] : '';
  light('link', texts.link[link], link === 'online' ? true : isLost ? false : undefined);
  const stationSeen = link === 'online' ? station : 'unknown';
  const isOn = stationSeen === 'unknown' ? undefined : stationSeen === 'online';
  light('station', texts.station[stationSeen], isOn);
  document.body.dataset.link = link;
  document.body.dataset.station = stationSeen;
}

function light(id: string, text: string, on: boolean | undefined): void {
  const lamp = find(id);
  lamp.textContent = text;
  lamp.dataset.on = String(on);
}

/** Calls back with the text that was typed by hand, and with the press of the language button. */
export function listenToPage(on: { typed: (text: string) => void; language: () => void }): void {
  const input = find<HTMLInputElement>('order');
  find('form').addEventListener('submit', (event) => {
    event.preventDefault();
    on.typed(input.value);
    input.value = '';
  });
  find('language').addEventListener('click', on.language);
}

/** Takes out of the field what a scanner has typed into it. */
export function clearField(): void {
  find<HTMLInputElement>('order').value = '';
}
