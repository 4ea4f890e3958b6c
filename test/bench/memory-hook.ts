import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';
import { z } from 'zod';

/*
 * Loaded into a worker with `--expose-gc`, and so into each of its threads: on SIGUSR2 all of them tidy up, and the process writes
 * down what memory it holds. Workflows live in the heaps of threads, which the process's own figures leave out.
 */

const THREADS_ANSWER_WITHIN_MS = 3_000;
const Heap = z.object({ thread: z.number(), heapUsed: z.number() });
const heaps = new Map<number, number>();
const orders = new BroadcastChannel('bench: tidy up');
const answers = new BroadcastChannel('bench: tidied up');

function listen(channel: BroadcastChannel, hear: (data: unknown) => void): void {
  channel.addEventListener('message', (event) => {
    if (event instanceof MessageEvent) hear(event.data);
  });
}

function heapUsed(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function report(): Promise<void> {
  heaps.clear();
  orders.postMessage('now');
  await sleep(THREADS_ANSWER_WITHIN_MS);
  const threads = [...heaps.values()].reduce((sum, heap) => sum + heap, 0);
  const memory = { at: Date.now(), heapUsed: heapUsed() + threads, rss: process.memoryUsage().rss };
  writeFileSync(process.env['BENCH_MEMORY_FILE'] ?? '', JSON.stringify(memory));
}

if (isMainThread) {
  listen(answers, (data) => {
    const heap = Heap.parse(data);
    heaps.set(heap.thread, heap.heapUsed);
  });
  process.on('SIGUSR2', () => void report());
} else {
  listen(orders, () => answers.postMessage({ thread: threadId, heapUsed: heapUsed() }));
}
orders.unref();
answers.unref();
