import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { runStep } from './run-step.ts';
import type { Env, Say } from './say.ts';

/** What Temporal's SDK can download by itself: the CLI, and the server whose time tests can move. */
export type SdkProgram = 'temporal' | 'time-skipping';

/**
 * Lets the SDK download the program into a new `directory`.
 *
 * In a process of its own, because a download cannot be interrupted and because the SDK's runtime, once created, can no
 * longer be configured.
 *
 * @returns the program's path, or why there is none.
 */
export async function sdkDownload(
  program: SdkProgram,
  { directory, env, say }: { readonly directory: string; readonly env: Env; readonly say: Say },
): Promise<{ readonly path: string } | { readonly failure: string }> {
  await mkdir(directory, { recursive: true });
  const failure = await runStep({
    doing: 'downloading from temporal.download',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), program, directory],
    env,
    say,
    timeoutMs: 10 * 60_000,
  });
  const [file] = await readdir(directory);
  if (failure === undefined && file !== undefined) {
    await chmod(join(directory, file), 0o755);
    return { path: join(directory, file) };
  }
  await rm(directory, { recursive: true, force: true });
  return { failure: failure ?? 'nothing was downloaded' };
}

/** The SDK offers no download alone: it downloads to start a server, which ends at once. */
async function download(program: string | undefined, downloadDir: string | undefined): Promise<void> {
  if (downloadDir === undefined) throw new Error('usage: sdk-download.ts temporal|time-skipping <directory>');
  const server = { executable: { type: 'cached-download', downloadDir } } as const;
  const environment = await (program === 'temporal'
    ? TestWorkflowEnvironment.createLocal({ server })
    : TestWorkflowEnvironment.createTimeSkipping({ server }));
  await environment.teardown();
}

if (import.meta.main) {
  const [, , program, directory] = process.argv;
  await download(program, directory).catch((error: unknown) => {
    // The SDK nests the cause in one long line; its end says what is wrong.
    const message = error instanceof Error ? error.message : String(error);
    console.error(message.split(': ').slice(-2).join(': '));
    process.exitCode = 1;
  });
}
