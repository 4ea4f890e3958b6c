import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Logger } from 'pino';

/** A real log, written to memory. */
export type TestLog = Logger & { readonly lines: readonly string[] };

export function createTestLog(): TestLog {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
  return Object.assign(pino({ level: 'debug' }, sink), { lines });
}
