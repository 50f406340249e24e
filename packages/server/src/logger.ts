/** Where the server writes what operators should know; pino has this shape. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

const nothing = () => {};

/** A library that was given no logger says nothing. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};

/** The integrator's logger, which may throw without harming what it was to tell of. */
export function harmless(logger: Logger): Logger {
  const guarded = (level: keyof Logger) => (details: object, message: string) => {
    try {
      const answer: unknown = logger[level](details, message);
      if (answer instanceof Promise) answer.catch(nothing);
    } catch {
      // There is nobody left to tell.
    }
  };
  return {
    debug: guarded('debug'),
    info: guarded('info'),
    warn: guarded('warn'),
    error: guarded('error'),
  };
}
