import { round } from './figures.ts';
import { readdir, readFile } from 'node:fs/promises';

/** Processor time that some processes and their children have used, ms. Linux only; elsewhere nothing. */
export async function cpuOf(pids: readonly number[]): Promise<number> {
  const all = await Promise.all((await numbersIn('/proc')).map(readStat));
  const known = new Map(all.flatMap((stat) => (stat === undefined ? [] : [[stat.pid, stat]])));
  const isOurs = (pid: number): boolean => pids.includes(pid) || (known.has(pid) && isOurs(known.get(pid)?.parent ?? 0));
  return [...known.values()].filter(({ pid }) => isOurs(pid)).reduce((sum, { ms }) => sum + ms, 0);
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ms: number;
}

/** The kernel counts in hundredths of a second. */
const TICK_MS = 10;

async function numbersIn(directory: string): Promise<readonly number[]> {
  try {
    return (await readdir(directory)).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** @see proc_pid_stat(5): the parent is the 4th field, time in user and kernel mode, own and of ended children, the 14th to 17th. */
async function readStat(pid: number): Promise<Stat | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { pid, parent: Number(fields[1]), ms: ticks * TICK_MS };
  } catch {
    return undefined;
  }
}

/** What each process spends during some kinds of work. */
export class Spent {
  private readonly pids: Readonly<Record<string, number>>;
  private readonly totals = new Map<string, Map<string, number>>();

  constructor(pids: Readonly<Record<string, number>>) {
    this.pids = pids;
  }

  async during<T>(kind: string, work: () => Promise<T>): Promise<T> {
    const before = await this.look();
    const result = await work();
    const totals = this.totals.get(kind) ?? new Map<string, number>();
    for (const [name, ms] of await this.look()) totals.set(name, (totals.get(name) ?? 0) + ms - (before.get(name) ?? 0));
    this.totals.set(kind, totals);
    return result;
  }

  /** Of all processes, ms. */
  sum(kind: string, count: number): number {
    return round([...(this.totals.get(kind)?.values() ?? [])].reduce((sum, ms) => sum + ms, 0) / count);
  }

  /** "temporal 12, worker 9": in ms. */
  each(kind: string, count: number): string {
    const shares = [...(this.totals.get(kind) ?? [])].toSorted(([, a], [, b]) => b - a);
    return shares.map(([name, ms]) => `${name} ${round(ms / count)}`).join(', ');
  }

  private async look(): Promise<ReadonlyMap<string, number>> {
    const own = process.cpuUsage();
    const entries = Object.entries(this.pids).map(async ([name, pid]) => [name, await cpuOf([pid])] as const);
    return new Map([...(await Promise.all(entries)), ['bench', (own.user + own.system) / 1_000] as const]);
  }
}
