import { execFile } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Env } from './say.ts';

/** The program's path, looked up on the PATH of `env` as a shell would. */
export async function findProgram(name: string, env: Env): Promise<string | undefined> {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    const file = join(directory, name);
    if (directory !== '' && (await isProgram(file))) return file;
  }
  return undefined;
}

/** Whether the file is there and may be run. */
export async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** What a program prints, or why it does not run. */
export async function outputOf(
  file: string,
  args: readonly string[],
  env: Env,
): Promise<{ readonly text: string } | { readonly failure: string }> {
  try {
    const { stdout } = await promisify(execFile)(file, args, { env, timeout: 20_000 });
    return { text: stdout.trim() };
  } catch (error) {
    return { failure: error instanceof Error ? error.message.trim() : String(error) };
  }
}

/** Where programs that we fetched or built are kept, for all checkouts of this person. */
export function cacheDirectory(env: Env): string {
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'deskbridge');
}
