import { type ConnectionState, Operator, TokenManager } from '@remote-display/client';
import { type CommandView, RemoteDisplayError, type ScreenView } from '@remote-display/protocol';
import { clearField, drawPage, listenToPage, type PageState } from './page.ts';
import { repeatFilter } from './repeats.ts';
import { type Scan, scanOf, withView } from './scan.ts';
import { openSession } from './session.ts';
import { wedgeReader } from './wedge.ts';

/** How many scans the page remembers. */
const REMEMBERED = 20;
/** How long an answer is waited for, in ms; longer than a document may take with its retries. */
const PATIENCE = 30_000;

const LINK: Record<ConnectionState['status'], PageState['link']> = {
  idle: 'connecting',
  connecting: 'connecting',
  online: 'online',
  offline: 'lost',
  stopped: 'signedOut',
};

let page: PageState = {
  language: navigator.language.startsWith('ko') ? 'ko' : 'en',
  scans: [],
  link: 'connecting',
  station: 'unknown',
};

function update(change: Partial<PageState>): void {
  page = { ...page, ...change };
  drawPage(page);
}

function updateScan(found: Scan | undefined, change: (scan: Scan) => Scan): void {
  if (found) update({ scans: page.scans.map((scan) => (scan === found ? change(scan) : scan)) });
}

async function main(): Promise<void> {
  drawPage(page);
  const { screenId, tokens: issued } = await openSession();
  const tokens = new TokenManager({ serverUrl: location.origin, tokens: issued });
  const operator = new Operator({ serverUrl: location.origin, tokens });
  operator.onState(({ status }) => update({ link: LINK[status] }));
  let displayIndex = 0;

  const onScreen = (screen: ScreenView) => {
    // The documents go to the second display. A station with one has only that one to show them on.
    displayIndex = screen.displays.length > 1 ? 1 : 0;
    update({ station: screen.online ? 'online' : 'offline' });
  };
  const onCommand = (view: CommandView) =>
    updateScan(scanOf(page.scans, view), (scan) => withView(scan, view));

  const show = async (orderId: string, scannedAt: number) => {
    update({
      scans: [{ orderId, scannedAt, displayIndex }, ...page.scans].slice(0, REMEMBERED),
      repeated: undefined,
    });
    const isThis = (scan: Scan) => scan.scannedAt === scannedAt && scan.orderId === orderId;
    const change = (to: (scan: Scan) => Scan) => updateScan(page.scans.find(isThis), to);
    try {
      const wish = { orderId, screenId, displayIndex };
      const view = await operator.trigger(wish, { wait: 'shown', timeoutMs: PATIENCE });
      change((scan) => withView(scan, view));
    } catch (error) {
      change((scan) => ({ ...scan, refusal: RemoteDisplayError.wrap(error) }));
    }
  };

  const isRepeat = repeatFilter();
  const take = (text: string, scannedAt: number) => {
    const orderId = text.trim().toUpperCase();
    if (!orderId) return;
    if (isRepeat(orderId, scannedAt)) return update({ repeated: orderId });
    void show(orderId, scannedAt);
  };

  listenToPage({
    typed: (text) => take(text, Date.now()),
    language: () => update({ language: page.language === 'ko' ? 'en' : 'ko' }),
  });
  const readKey = wedgeReader();
  document.addEventListener(
    'keydown',
    (event) => {
      const code = readKey(event);
      if (!code) return;
      // The Enter belongs to the scan: it presses no button and sends no form.
      event.preventDefault();
      clearField();
      // The moment of the key itself, by the wall clock.
      take(code, Date.now() - Math.round(performance.now() - event.timeStamp));
    },
    { capture: true },
  );

  await operator.watch({ screenId }, (view) =>
    'commandId' in view ? onCommand(view) : onScreen(view),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  update({ link: 'lost' });
});
