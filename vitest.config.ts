import { statSync } from 'node:fs';
import { BaseSequencer } from 'vitest/node';
import type { InlineConfig, TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

const waits = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/e2e/');
const sizeOf = ({ moduleId }: TestSpecification): number => statSync(moduleId).size;

/** The last file to end must not be one that mostly waits: these go first, beside those that work. Then the bigger ones. */
class WaitersFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((a, b) => Number(waits(b)) - Number(waits(a)) || sizeOf(b) - sizeOf(a)));
  }
}

/** How our own processes are tested, all of them or the few that wait for minutes. */
export const suite = {
  globalSetup: 'test/global-setup.ts',
  // With threads, the Temporal runtime crashes as soon as two files use it.
  pool: 'forks',
  // The files of a worker share their modules: to load them anew for each was a third of the work. Nothing in them remembers
  // anything of one file that another would stumble over.
  isolate: false,
  // One more than the smallest machine has cores: some files mostly wait, for an outage to end or a sweep to look.
  maxWorkers: 3,
  execArgv: ['--disable-warning=ExperimentalWarning'],
  testTimeout: 60_000,
  // For machines with much else to do.
  expect: { poll: { timeout: 45_000, interval: 100 } },
  // The first run of a machine may fetch a server.
  hookTimeout: 120_000,
  teardownTimeout: 30_000,
} satisfies InlineConfig;

export default defineConfig({
  test: {
    ...suite,
    include: ['test/**/*.test.ts'],
    exclude: ['test/compose/**', 'test/outages/**'],
    sequence: { sequencer: WaitersFirst },
  },
});
