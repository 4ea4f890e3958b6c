import { Pool } from 'pg';
import { surviveLosses } from '../db/db.ts';
import { preparing } from '../db/prepared.ts';
import type { Log } from '../log.ts';
import { createClock } from '../sandbox/clock.ts';
import { createSandbox } from '../sandbox/sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { serve } from '../serve.ts';
import type { Running } from './running.ts';

export interface SandboxOptions {
  /** Of a database of the sandbox's own. */
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  /** Where it is reached. No trailing slash. */
  readonly publicUrl: string;
}

/** Runs the stand-ins for the vendors. */
export async function runSandbox(options: SandboxOptions, log: Log): Promise<Running & { readonly sandbox: Sandbox }> {
  const pool = new Pool({ connectionString: options.databaseUrl, max: 10 });
  surviveLosses(pool, (error) => log.warn({ err: error }, 'the sandbox lost a database connection'));
  const sandbox = await createSandbox({ db: preparing(pool), clock: createClock(), publicUrl: options.publicUrl });
  const listening = await serve(sandbox.app, { ...options, upgrade: sandbox.upgrade });
  const ended = Promise.withResolvers<void>();
  const stop = async (): Promise<void> => {
    await listening.stop();
    await sandbox.close();
    await pool.end();
    ended.resolve();
  };
  return { sandbox, ended: ended.promise, stop };
}
