import { defineConfig } from 'vitest/config';
import { suite } from '../../vitest.config.ts';

/** `npm run test:outages`: what only real minutes show, so it is no part of `npm test`. */
export default defineConfig({ test: { ...suite, include: ['test/outages/**/*.test.ts'] } });
