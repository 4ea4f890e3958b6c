import { writeFileSync } from 'node:fs';

/** Loaded into a worker with `--expose-gc`: on SIGUSR2 it tidies up and writes down what memory it holds. */
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  writeFileSync(process.env['BENCH_MEMORY_FILE'] ?? '', JSON.stringify({ at: Date.now(), ...process.memoryUsage() }));
});
