import { RemoteDisplayError } from '@remote-display/protocol';

/** The `fetch` that is used; the global one by default. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface HttpRequest {
  fetch: Fetch;
  url: string;
  method?: 'GET' | 'POST';
  token?: string;
  body?: unknown;
  /** How long an answer may take, in ms. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * One request and its JSON answer. Throws what the server said, `CONNECTION_TIMEOUT`, or
 * `CONNECTION_REFUSED` where nothing answered.
 */
export async function requestJson<T>(request: HttpRequest): Promise<T> {
  const { method = 'GET', token, body, timeoutMs, signal } = request;
  const late = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let answer: unknown;
  try {
    response = await request.fetch(request.url, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, late]) : late,
      // Tokens travel in the header; the page's cookies have no business here.
      credentials: 'omit',
      cache: 'no-store',
    });
    answer = await response.json().catch(() => undefined);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new RemoteDisplayError(late.aborted ? 'CONNECTION_TIMEOUT' : 'CONNECTION_REFUSED', {
      cause,
    });
  }
  if (response.ok && answer !== undefined) return answer as T;
  const problem = answer as { code?: unknown; detail?: unknown } | undefined;
  if (typeof problem?.code === 'string') throw RemoteDisplayError.from(problem);
  // Not our server's words: a proxy between us, say, which speaks for a server that is away.
  const code = response.status >= 500 ? 'CONNECTION_REFUSED' : 'INTERNAL';
  throw new RemoteDisplayError(code, { detail: `the server answered ${response.status}` });
}
