import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/compose/**'],
    globalSetup: 'test/global-setup.ts',
    // With threads, the Temporal runtime crashes as soon as two files use it.
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 60_000,
    // The first run of a machine may fetch a server.
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
});
