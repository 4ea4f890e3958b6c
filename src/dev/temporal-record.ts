import { readFile, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { hasArgument, isRunning } from './process.ts';

const TemporalRecord = z.object({
  pid: z.number().int().positive(),
  port: z.number(),
  /** Epoch milliseconds. */
  startedAt: z.number(),
  args: z.array(z.string()).readonly(),
});

/** What is known of the dev server that works on a data file; written beside it. */
export type TemporalRecord = z.infer<typeof TemporalRecord>;

const recordFile = (dataFile: string): string => `${dataFile}.server.json`;

export async function writeRecord(dataFile: string, record: TemporalRecord): Promise<void> {
  await writeFile(recordFile(dataFile), JSON.stringify(record));
}

export async function removeRecord(dataFile: string): Promise<void> {
  await rm(recordFile(dataFile), { force: true });
}

/**
 * The server that still works on the data file: left over when whoever started it was killed. That the process really is
 * it shows in its command line, which names this very file; so neighbouring checkouts never touch each other's servers.
 */
export async function leftOverTemporal(dataFile: string): Promise<TemporalRecord | undefined> {
  const record = await readRecord(dataFile);
  if (record === undefined || !isRunning(record.pid)) return undefined;
  return (await hasArgument(record.pid, dataFile)) ? record : undefined;
}

async function readRecord(dataFile: string): Promise<TemporalRecord | undefined> {
  try {
    return TemporalRecord.parse(JSON.parse(await readFile(recordFile(dataFile), 'utf8')));
  } catch {
    return undefined;
  }
}
