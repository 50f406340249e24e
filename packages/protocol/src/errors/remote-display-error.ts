import { ERRORS, type ErrorCode, isErrorCode, type LocalizedText } from './catalogue.ts';

/** An error as it travels: over HTTP inside a problem, over a socket inside an acknowledgement. */
export interface ErrorBody {
  code: ErrorCode;
  message: LocalizedText;
  action: LocalizedText;
  /** Plain facts for the developer, in English: the field that is wrong, the HTTP status that a document answered with. */
  detail?: string;
  retryable: boolean;
}

/** An `application/problem+json` body (RFC 9457) with our members. */
export interface Problem extends ErrorBody {
  type: string;
  title: string;
  status: number;
}

export interface RemoteDisplayErrorOptions {
  detail?: string | undefined;
  cause?: unknown;
}

/**
 * The one error of remote-display. Decide by `code`, never by the text.
 *
 * @example
 * ```ts
 * try {
 *   await operator.trigger({ orderId, screenId });
 * } catch (error) {
 *   if (error instanceof RemoteDisplayError && error.code === 'ORDER_NOT_FOUND') {
 *     alert(`${error.text.ko} ${error.action.ko}`);
 *   }
 * }
 * ```
 */
export class RemoteDisplayError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, options: RemoteDisplayErrorOptions = {}) {
    const { en } = ERRORS[code].message;
    super(options.detail ? `${en} (${options.detail})` : en, { cause: options.cause });
    this.name = 'RemoteDisplayError';
    this.code = code;
    this.detail = options.detail;
  }

  /** Whether the same thing tried again, unchanged, may succeed. */
  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  /** The HTTP status that belongs to the code. */
  get status(): number {
    return ERRORS[this.code].status;
  }

  /** What happened, for people. */
  get text(): LocalizedText {
    return ERRORS[this.code].message;
  }

  /** What the person can do. */
  get action(): LocalizedText {
    return ERRORS[this.code].action;
  }

  /** The error as it travels. The cause and the stack stay here. */
  toJSON(): ErrorBody {
    return {
      code: this.code,
      message: this.text,
      action: this.action,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      retryable: this.retryable,
    };
  }

  /** The error as a problem for an HTTP answer. */
  toProblem(): Problem {
    return {
      type: `urn:remote-display:error:${this.code}`,
      title: this.text.en,
      status: this.status,
      ...this.toJSON(),
    };
  }

  /** Reads an error that came over the wire; a code that this version does not know becomes `INTERNAL`. */
  static from(body: { code?: unknown; detail?: unknown } | undefined): RemoteDisplayError {
    const code = isErrorCode(body?.code) ? body.code : 'INTERNAL';
    return new RemoteDisplayError(code, {
      detail: typeof body?.detail === 'string' ? body.detail : undefined,
    });
  }

  /** The error itself if it is one of ours, else `fallback` with it as the cause. */
  static wrap(error: unknown, fallback: ErrorCode = 'INTERNAL'): RemoteDisplayError {
    return error instanceof RemoteDisplayError
      ? error
      : new RemoteDisplayError(fallback, { cause: error });
  }
}
