import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { freePort } from '../src/dev/ports.ts';
import { startPostgres } from '../src/dev/postgres.ts';
import type { PostgresServer } from '../src/dev/postgres.ts';
import { sayOnStderr } from '../src/dev/say.ts';
import { findTemporalCli } from '../src/dev/temporal-cli.ts';
import { startTemporal } from '../src/dev/temporal-server.ts';
import type { TemporalServer } from '../src/dev/temporal-server.ts';
import { buildWorkflowBundle } from './support/build-workflow-bundle.ts';
import type { Part } from './support/ground.ts';
import { startGuardian } from './support/guardian.ts';
import type { Guardian } from './support/guardian.ts';
import { createTemplate } from './support/template-database.ts';
import { findTimeSkippingServer } from './support/time-skipping-server.ts';

interface Run {
  readonly directory: string;
  readonly guardian: Guardian;
}

/** Once a run: one PostgreSQL with a migrated template, one Temporal dev server, the workflows bundled; all gone at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'deskbridge-test-'));
  // PostgreSQL's user, where that is not us, must be able to pass.
  await chmod(directory, 0o755);
  const run = { directory, guardian: startGuardian(directory) };
  const servers: { stop(): Promise<void> }[] = [];
  const tearDown = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    await run.guardian.dismiss();
  };
  const keep = <T extends { stop(): Promise<void> }>(server: T): T => {
    servers.push(server);
    return server;
  };
  try {
    const parts = await Promise.all([
      postgres(run).then(keep),
      temporal(run).then((part) => ('missing' in part ? part : keep(part))),
      findTimeSkippingServer({ env: process.env, say: sayOnStderr }),
      buildWorkflowBundle(directory),
    ]);
    provide(project, parts);
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}

type Parts = readonly [
  PostgresServer,
  Part<TemporalServer & { readonly cli: string }>,
  Part<{ readonly path: string }>,
  Part<{ readonly codePath: string }>,
];

function provide(project: TestProject, [database, temporalServer, timeSkippingServer, workflowBundle]: Parts): void {
  for (const part of [temporalServer, timeSkippingServer, workflowBundle]) {
    if (!('missing' in part)) continue;
    if (process.env['CI'] === 'true') throw new Error(part.missing);
    sayOnStderr(`tests cannot have everything: ${part.missing}`);
  }
  project.provide('databaseUrl', database.url('postgres'));
  project.provide(
    'temporal',
    'missing' in temporalServer ? temporalServer : { address: temporalServer.address, cli: temporalServer.cli },
  );
  project.provide('timeSkippingServer', timeSkippingServer);
  project.provide('workflowBundle', workflowBundle);
}

async function postgres({ directory, guardian }: Run): Promise<PostgresServer> {
  const server = await startPostgres({
    dataDir: join(directory, 'postgres'),
    port: await freePort(),
    password: 'test',
    logFile: join(directory, 'postgres.log'),
    say: () => undefined,
    // Nothing here is to survive a power cut.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
    shelter: join(directory, 'shelter'),
  });
  guardian.watch(server.pid);
  await createTemplate(server);
  return server;
}

async function temporal({ directory, guardian }: Run): Promise<Part<TemporalServer & { readonly cli: string }>> {
  const cli = await findTemporalCli({ env: process.env, say: sayOnStderr }).catch((error: Error) => ({ missing: error.message }));
  if (typeof cli !== 'string') return cli;
  const server = await startTemporal({
    cli,
    port: await freePort(),
    namespace: 'default',
    logFile: join(directory, 'temporal.log'),
    env: process.env,
    say: () => undefined,
  });
  guardian.watch(server.pid);
  return { ...server, cli };
}
