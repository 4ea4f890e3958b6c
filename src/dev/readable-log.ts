import type { DestinationStream } from 'pino';
import pretty from 'pino-pretty';

/** A log for people who look at it while it is written: time, level, words, and the facts behind them on the same line. */
export const readableLog = (): DestinationStream =>
  pretty({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss', singleLine: true, sync: true });
