import { afterAll, beforeAll } from 'vitest';
import { startSandbox, type TestSandbox } from './start-sandbox.ts';
import { freshDatabase } from './support.ts';

/** One sandbox for a test file, started before its tests and gone after them. */
export function aSandbox(): () => TestSandbox {
  let running: { sandbox: TestSandbox; drop(): Promise<void> } | undefined;
  beforeAll(async () => {
    const database = await freshDatabase();
    running = { sandbox: await startSandbox(database.url), drop: () => database.drop() };
  });
  afterAll(async () => {
    await running?.sandbox.stop();
    await running?.drop();
  });
  return () => {
    if (running === undefined) throw new Error('the sandbox is there within tests only');
    return running.sandbox;
  };
}
