import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/compose/**'],
    globalSetup: 'test/global-setup.ts',
    // With threads, the Temporal runtime crashes as soon as two files use it.
    pool: 'forks',
    // One more than the smallest machine has cores: some files mostly wait, for an outage to end or a sweep to look.
    maxWorkers: 3,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 60_000,
    // The first run of a machine may fetch a server.
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
});
