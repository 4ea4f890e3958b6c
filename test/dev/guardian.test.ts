import { access } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isRunning } from '../../src/dev/process.ts';
import { temporaryDirectory } from '../support/ends-with-test.ts';
import { startRun } from '../support/killed-run.ts';

const isThere = (directory: string): Promise<boolean> =>
  access(directory).then(
    () => true,
    () => false,
  );

describe('the guardian of a test run', () => {
  it.each(['SIGINT', 'SIGKILL'] as const)(
    'ends its servers and removes its directories when the run ends by %s',
    async (signal) => {
      const directory = await temporaryDirectory();
      const run = await startRun(new URL('run-guarded.ts', import.meta.url), { directory });
      expect(isRunning(run.serverPid)).toBe(true);
      await run.end(signal);
      while (await isThere(directory)) await sleep(20);
      expect(isRunning(run.serverPid)).toBe(false);
    },
  );
});
