import { RemoteDisplayError } from '@remote-display/client';

/** Says which addresses may be opened: http and https of the given origins, without credentials. */
export function urlPolicy(origins: readonly string[]): (url: string) => void {
  const allowed = new Set(origins.map(originOf));
  return (url) => {
    const parsed = URL.parse(url);
    const isPlain = parsed !== null && parsed.username === '' && parsed.password === '';
    if (isPlain && /^https?:$/.test(parsed.protocol) && allowed.has(parsed.origin)) return;
    throw new RemoteDisplayError('DOCUMENT_BLOCKED', {
      detail: parsed?.origin ?? 'not an address',
    });
  };
}

function originOf(text: string): string {
  const parsed = URL.parse(text);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new RemoteDisplayError('INVALID_OPTIONS', {
      detail: `not an http or https origin: ${text}`,
    });
  }
  return parsed.origin;
}
