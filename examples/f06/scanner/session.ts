import type { TokenPair } from '@remote-display/protocol';

export interface ScannerSession {
  screenId: string;
  tokens: TokenPair;
}

/** Asks the server for an operator's session. In your plant this is the login that you have. */
export async function openSession(): Promise<ScannerSession> {
  const response = await fetch('/scanner/session', {
    method: 'POST',
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`The login answered ${response.status}.`);
  return (await response.json()) as ScannerSession;
}
