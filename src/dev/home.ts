import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { jsonFile } from './json-file.ts';
import { lockHolder, tryLock } from './lock.ts';
import type { Lock } from './lock.ts';
import { choosePort, PortChoice } from './port-choice.ts';
import type { PortRequest } from './port-choice.ts';
import type { Env, Say } from './say.ts';

/** The one directory in which `npm start` keeps everything. Deleting it starts afresh. */
export interface Home {
  readonly directory: string;
  readonly postgresDir: string;
  /** Temporal's SQLite file. */
  readonly temporalFile: string;
  readonly attachmentsDir: string;
  readonly logsDir: string;
  /** Written by the caller when all is up. */
  readonly demoFile: string;
  /** The secret of that name; `make` makes it the first time. */
  secret(name: string, make: () => string): Promise<string>;
  /**
   * The port of that name: the one chosen before while the same is wanted, else the first free one from `wanted` on. A
   * port that is taken is named to the person.
   */
  port(name: string, wanted: number, isOurs?: PortRequest['isOurs']): Promise<number>;
  /** Lets the next one in. */
  close(): void;
}

/**
 * Opens the data directory, `DESKBRIDGE_HOME` or `.deskbridge` in `cwd`, for this process alone.
 *
 * @throws naming the running process when another one uses it. One that was killed does not count.
 */
export async function openHome({ env, cwd, say }: { readonly env: Env; readonly cwd: string; readonly say: Say }): Promise<Home> {
  const directory = resolve(cwd, env['DESKBRIDGE_HOME'] || '.deskbridge');
  const attachmentsDir = join(directory, 'attachments');
  await mkdir(attachmentsDir, { recursive: true });
  const lock = lockOf(directory);
  return {
    directory,
    postgresDir: join(directory, 'postgres'),
    temporalFile: join(directory, 'temporal.db'),
    attachmentsDir,
    logsDir: join(directory, 'logs'),
    demoFile: join(directory, 'demo.json'),
    secret: secretsIn(directory),
    port: portsIn(directory, say),
    close: () => lock.release(),
  };
}

/** A password for a server on this machine. */
export const newPassword = (): string => randomBytes(24).toString('base64url');

/** A key to seal credentials with: an id, which is stored with all that it seals, a colon, and 32 random bytes in base64. */
export const newSealingKey = (): string => `k${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}`;

function secretsIn(directory: string): Home['secret'] {
  const file = jsonFile(join(directory, 'secrets.json'), z.record(z.string(), z.string().min(1)));
  const oneByOne = inTurn();
  return (name, make) =>
    oneByOne(async () => {
      const known = await file.read();
      const value = known[name] ?? make();
      if (known[name] === undefined) await file.write({ ...known, [name]: value });
      return value;
    });
}

function portsIn(directory: string, say: Say): Home['port'] {
  const file = jsonFile(join(directory, 'ports.json'), z.record(z.string(), PortChoice));
  const oneByOne = inTurn();
  return (name, wanted, isOurs = async () => false) =>
    oneByOne(async () => {
      const known = await file.read();
      const choice = await choosePort({ name, wanted, isOurs, known, say });
      if (known[name]?.chosen !== choice.chosen || known[name].wanted !== wanted) await file.write({ ...known, [name]: choice });
      return choice.chosen;
    });
}

function lockOf(directory: string): Lock {
  const file = join(directory, 'lock');
  const lock = tryLock(file);
  if (lock !== undefined) return lock;
  throw new Error(
    `${lockHolder(file)} runs Deskbridge on ${directory} already. Stop it, or give this one another DESKBRIDGE_HOME and free ports.`,
  );
}

/** Reading, choosing and writing must not mix with another choice. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
