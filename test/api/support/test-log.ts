import { Writable } from 'node:stream';
import { createLog } from '../../../src/log.ts';
import type { Log } from '../../../src/log.ts';

/** The real log, written to memory. */
export type TestLog = Log & {
  level: string;
  readonly lines: readonly string[];
  /** The last line that says more than that a request was answered. */
  last(): string;
};

export function createTestLog(): TestLog {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
  return Object.assign(createLog('debug', sink), {
    lines,
    last: () => lines.findLast((line) => !line.includes('"msg":"answered"')) ?? '',
  });
}
