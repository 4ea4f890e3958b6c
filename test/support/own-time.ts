import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { isListening } from '../../src/dev/ports.ts';
import { freePort } from './free-port.ts';

/** A time-skipping server, and the way to it. */
export interface OwnTime {
  readonly environment: TestWorkflowEnvironment;
  end(): Promise<void>;
}

/** A busy machine takes long to start a JVM. */
const ANSWERS_WITHIN_MS = 100_000;
/** More than `ownTime` needs. */
export const OWN_TIME_MS = ANSWERS_WITHIN_MS + 20_000;

/**
 * Starts a time-skipping server. The SDK would give it five seconds to answer, which a busy machine does not keep: so the server is
 * started here, and the SDK, which must start something, starts a program that does nothing.
 */
export async function ownTime(server: string): Promise<OwnTime> {
  const port = await freePort();
  const script = fileURLToPath(new URL('server-of-a-test.sh', import.meta.url));
  const running = spawn(script, [String(port)], { stdio: 'ignore', env: { ...process.env, TEST_SERVER: server } });
  try {
    await untilListening(running, port);
    // Told the port as its only argument, it sleeps for so many seconds: hours.
    const idle = { type: 'existing-path', path: '/bin/sleep' } as const;
    const environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { port, executable: idle } });
    const end = async (): Promise<void> => {
      await environment.teardown();
      running.kill('SIGKILL');
    };
    return { environment, end };
  } catch (error) {
    running.kill('SIGKILL');
    throw error;
  }
}

async function untilListening(server: ChildProcess, port: number): Promise<void> {
  for (const deadline = Date.now() + ANSWERS_WITHIN_MS; !(await isListening(port)); await sleep(100)) {
    if (server.exitCode !== null) throw new Error(`the time-skipping server ended at its start [status=${server.exitCode}]`);
    if (Date.now() > deadline) throw new Error('the time-skipping server did not answer in time');
  }
}
