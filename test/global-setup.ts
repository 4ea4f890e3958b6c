import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProvidedContext } from 'vitest';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { freePort } from './support/free-port.ts';
import { startPostgres } from '../src/dev/postgres.ts';
import type { PostgresServer } from '../src/dev/postgres.ts';
import { sayOnStderr } from '../src/dev/say.ts';
import { findTemporalCli } from '../src/dev/temporal-cli.ts';
import { startTemporal } from '../src/dev/temporal-server.ts';
import { bundleWorkflows } from './support/bundle-workflows.ts';
import { startGuardian } from './support/guardian.ts';
import type { Guardian } from './support/guardian.ts';
import { findChromium } from './support/chromium.ts';
import { createTemplate } from './support/template-database.ts';
import { findTimeSkippingServer } from './support/time-skipping-server.ts';

const PASSWORD = 'test';

interface Run {
  readonly directory: string;
  readonly guardian: Guardian;
}

/** Once a run: one PostgreSQL with a migrated template, one Temporal dev server, the workflows bundled; all gone at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'deskbridge-test-'));
  // PostgreSQL's user, where that is not us, must be able to pass.
  await chmod(directory, 0o755);
  const run = { directory, guardian: startGuardian() };
  run.guardian.remove(directory);
  try {
    // Not Promise.all: what is still starting when another part fails must be known to the guardian, too.
    const [database, temporalServer, timeSkippingServer, workflowBundle] = await Promise.allSettled([
      postgres(run),
      temporal(run),
      findTimeSkippingServer({ env: process.env, say: sayOnStderr }),
      bundleWorkflows(directory),
    ]);
    provide(project, {
      database: valueOf(database),
      temporal: valueOf(temporalServer),
      timeSkippingServer: valueOf(timeSkippingServer),
      chromium: findChromium(process.env),
      workflowBundle: valueOf(workflowBundle),
    });
    return run.guardian.dismiss;
  } catch (error) {
    await run.guardian.dismiss();
    throw error;
  }
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

type Parts = Omit<ProvidedContext, 'databaseUrl' | 'schema'> & { readonly database: Database };

interface Database {
  readonly url: string;
  readonly schema: string;
}

function provide(project: TestProject, { database, ...parts }: Parts): void {
  for (const part of Object.values(parts)) {
    if (!('missing' in part)) continue;
    if (process.env['CI'] === 'true') throw new Error(part.missing);
    sayOnStderr(`tests cannot have everything: ${part.missing}`);
  }
  project.provide('databaseUrl', database.url);
  project.provide('schema', database.schema);
  project.provide('temporal', parts.temporal);
  project.provide('timeSkippingServer', parts.timeSkippingServer);
  project.provide('chromium', parts.chromium);
  project.provide('workflowBundle', parts.workflowBundle);
}

async function postgres({ directory, guardian }: Run): Promise<Database> {
  const server = await startPostgres({
    dataDir: join(directory, 'postgres'),
    port: await freePort(),
    password: PASSWORD,
    logFile: join(directory, 'postgres.log'),
    say: () => undefined,
    onLaunch: guardian.watch,
    settings: {
      // Nothing here is to survive a power cut, or a thief.
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      scram_iterations: '1',
      // What looks into a table while a test does keeps it from being put in order, and plans are others then.
      autovacuum: 'off',
    },
  });
  await hashAnew(server);
  return { url: server.url('postgres'), schema: await createTemplate(server) };
}

/** Connections are made by the thousand: half of what one costs is the hashing of a password. */
async function hashAnew(server: PostgresServer): Promise<void> {
  const client = new pg.Client(server.url('postgres'));
  await client.connect();
  await client.query(`alter role postgres password '${PASSWORD}'`);
  await client.end();
}

async function temporal({ directory, guardian }: Run): Promise<ProvidedContext['temporal']> {
  const cli = await findTemporalCli({ env: process.env, say: sayOnStderr }).catch((error: Error) => ({ missing: error.message }));
  if (typeof cli !== 'string') return cli;
  const server = await startTemporal({
    cli,
    port: await freePort(),
    namespace: 'default',
    logFile: join(directory, 'temporal.log'),
    env: process.env,
    say: () => undefined,
    onLaunch: guardian.watch,
  });
  return { address: server.address, cli };
}
