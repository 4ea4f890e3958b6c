import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { startTemporal } from '../../../src/dev/temporal-server.ts';
import type { TemporalServer } from '../../../src/dev/temporal-server.ts';
import { endsWithRun, kill } from './guarded.ts';

/** A Temporal dev server that a test may kill and start again, on the same port and data file. */
export interface ClockServer {
  readonly address: string;
  start(): Promise<void>;
  /** SIGKILL, as when the machine goes. */
  kill(): Promise<void>;
  /** Removes what it has kept. */
  forgetEverything(): Promise<void>;
}

export interface ClockServerOptions {
  readonly cli: string;
  readonly directory: string;
  readonly dynamicConfig?: Readonly<Record<string, string>>;
}

/** Starts a server that knows neither search attributes nor anything else. */
export async function startClockServer({ cli, directory, dynamicConfig }: ClockServerOptions): Promise<ClockServer> {
  const port = await freePort();
  const dataFile = join(directory, 'temporal.db');
  let server: TemporalServer | undefined;
  const start = async (): Promise<void> => {
    server = await startTemporal({
      cli,
      dataFile,
      port,
      namespace: 'default',
      logFile: join(directory, 'temporal.log'),
      env: process.env,
      say: () => undefined,
      onLaunch: endsWithRun,
      ...(dynamicConfig === undefined ? {} : { dynamicConfig }),
    });
  };
  await start();
  return {
    address: `127.0.0.1:${port}`,
    start,
    kill: async () => {
      if (server !== undefined) await kill(server.pid);
    },
    forgetEverything: async () => {
      for (const suffix of ['', '-shm', '-wal']) await rm(`${dataFile}${suffix}`, { force: true });
    },
  };
}
