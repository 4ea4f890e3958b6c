import { systems } from '../activities/systems.ts';
import { ConfigInvalid, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { createLog } from './log.ts';
import type { Operated, Running } from './roles/running.ts';
import type { Wiring } from './wiring.ts';

/** What this program can be. Each role loads only what it needs: the API no native code, production nothing of development. */
const ROLES: Readonly<
  Record<string, { readonly about: string; readonly run: (args: readonly string[]) => Promise<Running | undefined> }>
> = {
  api: {
    about: 'takes messages and hooks in',
    run: () => runWired(async () => (await import('./roles/api.ts')).runApi),
  },
  worker: {
    about: 'runs workflows and deliveries',
    run: () => runWired(async () => (await import('./roles/worker.ts')).runWorker),
  },
  migrate: {
    about: 'prepares the database and Temporal, then ends',
    run: () => once(async () => (await import('./roles/migrate.ts')).migrate),
  },
  keys: {
    about: 'tells which keys have sealed what, then ends',
    run: () => once(async () => (await import('./roles/keys.ts')).showKeys),
  },
  'rotate-keys': {
    about: 'seals everything with the newest key, then ends',
    run: () => once(async () => (await import('./roles/keys.ts')).rotate),
  },
  'create-app': { about: 'NAME: makes an app and prints its key, then ends', run: createApp },
  demo: {
    about: "the vendors' stand-ins, and an app that is connected to them",
    run: () => runWired(loadDemo),
  },
  'sign-in-link': { about: 'prints a one-time link to the console, then ends', run: signInLink },
  sandbox: { about: "runs the vendors' stand-ins", run: runSandbox },
  dev: { about: 'everything on this machine, for a first look', run: runDev },
};

type Wired = (wiring: Wiring) => Promise<Operated>;

async function runWired(load: () => Promise<Wired>): Promise<Running> {
  const config = configOf();
  const log = createLog(config.logLevel);
  const { wire } = await import('./wiring.ts');
  const wiring = await wire(config, log);
  const role = await (await load())(wiring);
  const { serveOperations } = await import('./operations/listener.ts');
  const operations = await serveOperations(wiring, role.operations);
  const stop = async (): Promise<void> => {
    await role.stop();
    await operations?.stop();
    await wiring.close();
  };
  return { ended: role.ended, stop };
}

async function once(
  load: () => Promise<(config: Config, log: ReturnType<typeof createLog>) => Promise<void>>,
): Promise<undefined> {
  const config = configOf();
  const job = await load();
  await job(config, createLog(config.logLevel));
}

async function createApp([name]: readonly string[]): Promise<undefined> {
  if (name === undefined) throw new Usage('create-app: expected the name of the app');
  const { wire } = await import('./wiring.ts');
  const apps = await import('./db/apps.ts');
  const wiring = await wire(configOf(), createLog('warn'));
  const made = await apps.createApp(wiring.db, wiring.vault, name, wiring.ports.clock.now());
  await wiring.close();
  process.stdout.write(`${JSON.stringify(made, undefined, 2)}\n`);
}

async function loadDemo(): Promise<Wired> {
  const { readSandboxConfig } = await import('./sandbox-config.ts');
  const { runDemo } = await import('./roles/demo.ts');
  const options = readSandboxConfig(process.env);
  return (wiring) => runDemo(wiring, options);
}

async function signInLink(): Promise<undefined> {
  const { wire } = await import('./wiring.ts');
  const { createSignInLink } = await import('./db/console/sign-in-links.ts');
  const { welcomeUrl } = await import('./console/sign-in/welcome-url.ts');
  const wiring = await wire(configOf(), createLog('warn'));
  const token = await createSignInLink(wiring.db, undefined, wiring.ports.clock.now());
  await wiring.close();
  process.stdout.write(`${welcomeUrl(wiring.config.publicUrl, token)}\n`);
}

async function runSandbox(): Promise<Running> {
  const { readSandboxConfig } = await import('./sandbox-config.ts');
  const role = await import('./roles/sandbox.ts');
  return await role.runSandbox(readSandboxConfig(process.env), createLog('info'));
}

async function runDev(): Promise<Running> {
  const dev = await import('./dev/dev.ts');
  const { sayOnStderr } = await import('./dev/say.ts');
  return await dev.runDev({ env: process.env, cwd: process.cwd(), say: sayOnStderr });
}

const configOf = (): Config => readConfig(process.env, systems);

/** The program was called in a way that means nothing. */
class Usage extends Error {
  override readonly name = 'Usage';
}

async function main([name, ...args]: readonly string[]): Promise<void> {
  const role = ROLES[name ?? ''];
  if (role === undefined) throw new Usage(`expected a role, got ${name === undefined ? 'nothing' : `"${name}"`}`);
  const signals = untilSignal();
  const running = await role.run(args);
  if (running === undefined) return signals.forget();
  try {
    await Promise.race([running.ended, signals.first]);
  } finally {
    await running.stop();
    signals.forget();
  }
}

/** A Ctrl-C comes twice: from the terminal, and from npm, which passes it on. */
const ECHO_MS = 1_000;

/** The first signal stops everything in order; a second one ends the process where it is. */
function untilSignal(): { readonly first: Promise<void>; readonly forget: () => void } {
  const first = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const take = (): void => {
    const now = performance.now();
    if (firstAt !== undefined && now - firstAt > ECHO_MS) process.exit(130);
    firstAt ??= now;
    first.resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, take);
  const forget = (): void => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, take);
  };
  return { first: first.promise, forget };
}

function explain(error: unknown): number {
  if (error instanceof Usage) {
    const roles = Object.entries(ROLES).map(([name, { about }]) => `  ${name.padEnd(12)} ${about}`);
    process.stderr.write(`deskbridge: ${error.message}\n\nRoles:\n${roles.join('\n')}\n`);
    return 2;
  }
  if (error instanceof ConfigInvalid) {
    process.stderr.write(`deskbridge: ${error.message}\n`);
    return 2;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? `\n  because: ${error.cause.message}` : '';
  process.stderr.write(`deskbridge: ${error instanceof Error ? error.message : String(error)}${cause}\n`);
  if (process.env['DESKBRIDGE_LOG_LEVEL'] === 'debug' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return 1;
}

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  process.exit(explain(error));
}
