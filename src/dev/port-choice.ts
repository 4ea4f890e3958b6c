import { z } from 'zod';
import { isFree } from './ports.ts';
import type { Say } from './say.ts';

/** A port as it is remembered between starts. */
export const PortChoice = z.object({ wanted: z.number().int(), chosen: z.number().int() });
export type PortChoice = z.infer<typeof PortChoice>;

export interface PortRequest {
  /** How the person asks for it: `PORT`. */
  readonly name: string;
  readonly wanted: number;
  /** Whether our own left-over server is what occupies a port: it is not taken then. */
  readonly isOurs: (port: number) => Promise<boolean>;
  /** What was chosen before, also for the other names. */
  readonly known: Readonly<Record<string, PortChoice>>;
  readonly say: Say;
}

const LAST_PORT = 65_535;

/** Chooses a port: the remembered one while the same is wanted, else the next one that is free and not another name's. */
export async function choosePort(request: PortRequest): Promise<PortChoice> {
  const { name, wanted, known, say } = request;
  const remembered = known[name]?.wanted === wanted ? known[name].chosen : wanted;
  const problem = await problemWith(remembered, request);
  if (problem === undefined) return { wanted, chosen: remembered };
  for (let port = remembered + 1; port <= LAST_PORT; port += 1) {
    if ((await problemWith(port, request)) !== undefined) continue;
    say(`port ${remembered} (${name}) ${problem}; using ${port}`);
    return { wanted, chosen: port };
  }
  throw new Error(`No port from ${remembered} on is free for ${name}.`);
}

async function problemWith(port: number, { name, known, isOurs }: PortRequest): Promise<string | undefined> {
  const other = Object.entries(known).find(([otherName, choice]) => otherName !== name && choice.chosen === port);
  if (other !== undefined) return `is used for ${other[0]}`;
  return (await isFree(port)) || (await isOurs(port)) ? undefined : 'is taken';
}
