import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { run } from './run.ts';

export type Service = 'api' | 'worker' | 'sandbox' | 'temporal' | 'temporal-ui' | 'postgres';

/** One installation under `docker compose`, of a project name of its own. */
export interface Stack {
  readonly directory: string;
  /** `docker compose …` in it. @returns what it wrote to stdout. */
  compose(...args: readonly string[]): Promise<string>;
  containers(): Promise<readonly Container[]>;
  /** Where a service is reached from this machine. @param index which of several containers; counted from 1. */
  address(service: Service, containerPort: number, index?: number): Promise<string>;
  /** The first column of the first row of a query to Deskbridge's database. */
  query(sql: string): Promise<string>;
  /**
   * Makes ready to kill a container's process with SIGKILL, from outside: the engine learns of it as it learns of a crash, and does
   * what the restart policy says. @returns what kills, at once.
   */
  aimAt(container: Container): Promise<() => Promise<void>>;
  /** How often the engine has started a container again by itself. */
  restarts(container: Container): Promise<number>;
  down(): Promise<void>;
}

const Listed = z.object({
  ID: z.string(),
  Name: z.string(),
  Service: z.string(),
  State: z.string(),
  Health: z.string(),
  Publishers: z.array(z.object({ URL: z.string(), PublishedPort: z.number() })).nullable(),
});
export type Container = z.infer<typeof Listed>;

export interface StackOptions {
  readonly name: string;
  readonly directory: string;
  readonly image: string;
}

/** An installation in a directory with an .env. What an earlier run left under the same name is removed. */
export async function openStack({ name, directory, image }: StackOptions): Promise<Stack> {
  const compose = (...args: readonly string[]): Promise<string> =>
    run('docker', ['compose', '--project-name', name, '--progress', 'plain', ...args], { cwd: directory, env: { IMAGE: image } });
  const removeAll = (): Promise<string> =>
    compose('--profile', 'sandbox', 'down', '--volumes', '--remove-orphans', '--timeout', '5');
  await removeAll();
  return {
    directory,
    compose,
    containers: async () => {
      const lines = (await compose('ps', '--all', '--no-trunc', '--format', 'json')).trim().split('\n');
      return lines.filter((line) => line !== '').map((line) => Listed.parse(JSON.parse(line)));
    },
    address: async (service, containerPort, index = 1) =>
      `http://${(await compose('port', '--index', String(index), service, String(containerPort))).trim()}`,
    query: async (sql) =>
      (await compose('exec', '-T', 'postgres', 'psql', '-U', 'postgres', '-d', 'deskbridge', '-tAc', sql)).trim(),
    aimAt: ({ ID }) => aimAt(ID, image),
    restarts: async ({ ID }) => Number(await run('docker', ['inspect', '--format', '{{.RestartCount}}', ID])),
    down: async () => {
      await removeAll();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** From the host's process namespace, which is not always this machine's. */
async function aimAt(id: string, image: string): Promise<() => Promise<void>> {
  const pid = (await run('docker', ['inspect', '--format', '{{.State.Pid}}', id])).trim();
  const host = ['run', '--interactive', '--rm', '--pid=host', '--user', '0', '--entrypoint', 'sh', image];
  const killer = spawn('docker', [...host, '-c', `echo ready && read go && kill -9 ${pid}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(killer, 'exit');
  await Promise.race([once(killer.stdout, 'data'), ended]);
  return async () => {
    killer.stdin.end('go\n');
    const [status] = await ended;
    if (status !== 0) throw new Error(`the process ${pid} could not be killed`);
  };
}
