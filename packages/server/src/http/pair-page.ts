import { randomBytes } from 'node:crypto';
import type { PairRequest } from '@remote-display/protocol';

const TEXTS = {
  ko: {
    title: '화면 페어링',
    working: '확장 프로그램을 찾는 중입니다…',
    paired: '연결되었습니다. 이 창은 닫아도 됩니다.',
    missing:
      '이 브라우저에서 확장 프로그램을 찾지 못했습니다. remote-display 확장 프로그램을 설치한 뒤 이 페이지를 새로 고치세요.',
    failed: '연결하지 못했습니다.',
    screen: '화면',
  },
  en: {
    title: 'Pair this screen',
    working: 'Looking for the extension…',
    paired: 'Connected. You may close this window.',
    missing:
      'The extension was not found in this browser. Install the remote-display extension, then reload this page.',
    failed: 'It could not be connected.',
    screen: 'Screen',
  },
};

/**
 * The page that a station opens from the QR code: it notices whether the extension is there and
 * hands the code over to it. The code is good once, and only the extension redeems it.
 */
export function pairPage(request: PairRequest, extensionIds: readonly string[]): Response {
  const nonce = randomBytes(16).toString('base64');
  const data = JSON.stringify({ ...request, extensionIds, texts: TEXTS }).replaceAll(
    '<',
    '\\u003c',
  );
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>remote-display</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; font: 18px/1.5 system-ui, sans-serif; }
body { min-height: 100vh; margin: 0; display: grid; place-items: center; }
main { max-width: 32rem; padding: 2rem; text-align: center; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
#screen { opacity: .7; margin: 0 0 2rem; }
#status { font-size: 1.2rem; }
[data-state=paired] #status { color: light-dark(#0a6b2d, #6fdc8c); }
[data-state=missing] #status, [data-state=failed] #status { color: light-dark(#a4160a, #ff8b7e); }
</style>
</head>
<body data-state="working">
<main><h1 id="title"></h1><p id="screen"></p><p id="status" role="status"></p></main>
<script type="application/json" id="data">${data}</script>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>`;
  return new Response(html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
  });
}

const SCRIPT = `
const { screenId, token, extensionIds, texts } = JSON.parse(document.getElementById('data').textContent);
const language = navigator.language.startsWith('ko') ? 'ko' : 'en';
const text = texts[language];
const set = (id, value) => { document.getElementById(id).textContent = value; };
document.documentElement.lang = language;
set('title', text.title);
set('screen', text.screen + ' ' + screenId);
const show = (state, status) => { document.body.dataset.state = state; set('status', status); };
const send = (id, message) => new Promise((resolve) => {
  if (!globalThis.chrome?.runtime?.sendMessage) return resolve(undefined);
  chrome.runtime.sendMessage(id, message, (answer) => resolve(chrome.runtime.lastError ? undefined : answer));
});
(async () => {
  show('working', text.working);
  // The code does not stay in the address bar or the history.
  history.replaceState(null, '', location.pathname);
  for (const id of extensionIds) {
    const hello = await send(id, { type: 'remote-display.hello' });
    if (!hello?.ok) continue;
    const answer = await send(id, { type: 'remote-display.pair', serverUrl: location.origin, screenId, token });
    if (answer?.ok) return show('paired', text.paired);
    const { message, action } = answer?.error ?? {};
    return show('failed', message ? message[language] + ' ' + action[language] : text.failed);
  }
  show('missing', text.missing);
})();
`;
