import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ServerProcess } from '../../../src/dev/server-process.ts';
import { round } from '../figures.ts';
import type { Ground } from '../ground.ts';
import { speakersOf, untilDelivered } from '../installation.ts';
import type { Installation, Speaker } from '../installation.ts';
import type { Section } from '../report.ts';
import type { Scale } from '../scale.ts';

/** Before the first look: what a worker needs once is there then. */
const EARLY = 50;

const Memory = z.object({ at: z.number(), rss: z.number(), heapUsed: z.number() });
type Memory = z.infer<typeof Memory>;

/** A worker that tells what memory it holds once it has tidied up. */
export interface WatchedWorker extends ServerProcess {
  memory(): Promise<Memory>;
}

export async function startWatched(ground: Ground, installation: Installation): Promise<WatchedWorker> {
  const file = join(ground.directory, 'memory.json');
  const hook = fileURLToPath(new URL('../memory-hook.ts', import.meta.url));
  const worker = await installation.startWorker({
    nodeArgs: ['--expose-gc', '--import', hook],
    env: { BENCH_MEMORY_FILE: file },
  });
  const memory = async (): Promise<Memory> => {
    const asked = Date.now();
    process.kill(worker.pid, 'SIGUSR2');
    for (;;) {
      await sleep(100);
      const found = Memory.safeParse(await parsed(file));
      if (found.success && found.data.at >= asked) return found.data;
    }
  };
  return { ...worker, memory };
}

async function parsed(file: string): Promise<unknown> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    return content;
  } catch {
    return undefined;
  }
}

/** What a conversation costs that a worker keeps in memory. @returns also the people, whose tickets are open now. */
export async function memorySection(
  installation: Installation,
  worker: WatchedWorker,
  { people }: Scale,
): Promise<{ readonly section: Section; readonly speakers: readonly Speaker[] }> {
  const few = await speakersOf(installation, EARLY, 'early');
  await untilDelivered(installation.db);
  const before = await worker.memory();
  const many = await speakersOf(installation, people - EARLY, 'person');
  await untilDelivered(installation.db);
  await sleep(3_000);
  const after = await worker.memory();
  const each = (field: 'rss' | 'heapUsed'): number => round((after[field] - before[field]) / many.length / 1_024);
  const resident = 'with what V8 and the allocator hold ready';
  const figures = [
    {
      name: 'a cached conversation',
      value: each('heapUsed'),
      unit: 'KiB',
      note: `heap of all threads after tidying up, over ${many.length} conversations`,
      target: { atMost: 60 },
    },
    { name: 'the same, resident', value: each('rss'), unit: 'KiB', note: resident },
    { name: 'the worker', value: round(after.rss / 2 ** 20), unit: 'MiB', note: `with ${people} conversations, ${resident}` },
  ];
  return { section: { title: 'Memory', figures }, speakers: [...few, ...many] };
}
