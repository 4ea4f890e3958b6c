import { once } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { atRate, timedAll } from './figures.ts';
import type { Ground } from './ground.ts';
import type { Scale } from './scale.ts';

/** The bare workflow on the same server: what Temporal alone takes. */
export interface Bare {
  readonly pid: number;
  /** All at once. @returns batches a second. */
  run(): Promise<number>;
  /** At a steady rate. @returns how much later than the window each activity ran, ms. */
  overheads(rate: { readonly perSecond: number; readonly count: number }): Promise<readonly number[]>;
  close(): Promise<void>;
}

export const CALLERS_AT_ONCE = 64;

export async function openBare(ground: Ground, { batches, windowMs }: Scale): Promise<Bare> {
  const worker = ground.fork('bare-worker.ts', { TEMPORAL_ADDRESS: ground.temporalAddress });
  await once(worker, 'message');
  const connection = await Connection.connect({ address: ground.temporalAddress });
  const client = new Client({ connection });
  const ids = Array.from({ length: batches }, (_, index) => `bare:${index}`);
  const waiting = new Map<string, () => void>();
  worker.on('message', (message) => {
    const id = z.string().parse(message);
    waiting.get(id)?.();
    waiting.delete(id);
  });
  const signal = (workflowId: string): Promise<unknown> =>
    client.workflow.signalWithStart('bare', { workflowId, taskQueue: 'bare', args: [windowMs], signal: 'bell' });
  const ran = (id: string): Promise<void> => new Promise((resolve) => void waiting.set(id, resolve));
  const run = async (): Promise<number> => {
    const all = Promise.all(ids.map(ran));
    const began = performance.now();
    await timedAll(ids, CALLERS_AT_ONCE, signal);
    await all;
    return (batches * 1_000) / (performance.now() - began);
  };
  await run();
  return {
    pid: worker.pid ?? 0,
    run,
    overheads: async (rate) => {
      const took = await atRate(rate, async (index) => {
        const id = ids[index % ids.length] ?? '';
        const done = ran(id);
        await signal(id);
        await done;
      });
      return took.map((ms) => Math.round(ms - windowMs));
    },
    close: async () => {
      for (const id of ids) await client.workflow.getHandle(id).terminate();
      await connection.close();
      worker.kill('SIGKILL');
    },
  };
}
