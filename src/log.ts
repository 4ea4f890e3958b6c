import { pino } from 'pino';
import type { Logger } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'child'>;

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

/** Logs one JSON object a line to stdout. Never what people wrote, and never a secret. */
export const createLog = (level: string): Log =>
  pino({ level, redact: { paths: SECRET_PATHS.flatMap((path) => [path, `*.${path}`]), censor: '[secret]' } });
