import { defineConfig } from 'vitest/config';

/** `npm run test:compose`: minutes, gigabytes and a container engine, so it is no part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/compose/**/*.test.ts'],
    // Each file is an installation of its own, which a small machine holds one at a time.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 900_000,
    teardownTimeout: 60_000,
  },
});
