import { AsyncLocalStorage } from 'node:async_hooks';
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'child'>;

/** What a log line says besides its words: ids, counts, names of ours. Never what people wrote, who they are, or a secret. */
export type Facts = Record<string, string | number | boolean | undefined>;

/** What must not be in a log even by accident. */
const SECRET_PATHS = [
  'authorization',
  'cookie',
  'secret',
  'credentials',
  'accessToken',
  'refreshToken',
  'clientSecret',
  'password',
];

const current = new AsyncLocalStorage<Facts>();

/** Has every line that is logged during the work say these facts, also those that are added to them on the way. */
export const withFacts = <T>(facts: Facts, work: () => T): T => current.run(facts, work);

/** Adds to what is known of the work that is under way, if any is. */
export const addFacts = (facts: Facts): void => void Object.assign(current.getStore() ?? {}, facts);

/** Logs one JSON object a line. @param to default: stdout. */
export const createLog = (level: string, to?: DestinationStream): Log & { level: string } => {
  const options = {
    level,
    redact: { paths: SECRET_PATHS.flatMap((path) => [path, `*.${path}`]), censor: '[secret]' },
    mixin: () => ({ ...current.getStore() }),
    // What a line says itself counts more than what is known of the work around it.
    mixinMergeStrategy: (line: object, facts: object) => ({ ...facts, ...line }),
    serializers: { err: (error: unknown) => describeError(error) },
  };
  return to === undefined ? pino(options) : pino(options, to);
};

/** More causes than this are a circle. */
const MOST_CAUSES = 5;

/**
 * What a log says of an error: its class, words, code, stack and cause, and nothing else that hangs on it. PostgreSQL's errors
 * name values of rows in their details, and those of class 22 in their words.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth > MOST_CAUSES) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const isAboutValues = code !== undefined && /^22[0-9A-Z]{3}$/.test(code);
  const message = isAboutValues ? `PostgreSQL refused a value (${code})` : error.message;
  return {
    type: error.name,
    message,
    ...(code === undefined ? {} : { code }),
    stack: error.stack?.replace(error.message, () => message),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}
