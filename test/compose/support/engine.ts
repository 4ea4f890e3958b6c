import { beforeAll, beforeEach } from 'vitest';
import { run } from './run.ts';

/**
 * For tests that need Docker and its Compose. Call it at the top of a `describe`: where no engine answers, its tests are skipped with
 * the reason; in CI they fail.
 * @param lacking what else these tests cannot have here, CI or not.
 * @returns what makes a set-up run only where there is an engine.
 */
export function withEngine(lacking?: string): (setUp: () => Promise<void>) => void {
  let missing: string | undefined;
  beforeAll(async () => {
    missing = lacking ?? (await whyNoEngine());
    if (missing !== undefined && missing !== lacking && process.env['CI'] === 'true') throw new Error(missing);
  });
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });
  return (setUp) =>
    beforeAll(async () => {
      if (missing === undefined) await setUp();
    });
}

async function whyNoEngine(): Promise<string | undefined> {
  try {
    await run('docker', ['info']);
    await run('docker', ['compose', 'version']);
    return undefined;
  } catch (error) {
    return `no container engine with Compose answers: ${error instanceof Error ? error.message : String(error)}`;
  }
}
