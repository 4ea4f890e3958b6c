import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { sql } from 'kysely';
import type { Db } from '../../../src/db/db.ts';
import { newId } from '../../../src/db/new-id.ts';
import { isListening } from '../../../src/dev/ports.ts';
import { freePort } from '../../support/free-port.ts';
import type { Ground } from '../ground.ts';
import type { Rival } from './rival.ts';

/** BullMQ on a Redis that is as durable as PostgreSQL: the message in PostgreSQL, then a delayed job that is there once a conversation. */
export async function openBullmq(db: Db, ground: Ground, windowMs: number): Promise<Rival> {
  const { connection, stop } = await startRedis(ground);
  const queue = new Queue<{ conversation: string }>('deliver', { connection });
  await queue.waitUntilReady();
  const accept = async (conversation: string, text: string): Promise<void> => {
    await sql`
      insert into rival_messages (id, conversation, body, at)
      values (${newId()}, ${conversation}, ${text}, ${Date.now()})`.execute(db);
    const options = { delay: windowMs, deduplication: { id: conversation }, removeOnComplete: true };
    await queue.add('deliver', { conversation }, options);
  };
  const start: Rival['start'] = async (deliver) => {
    const work = (job: { readonly data: { readonly conversation: string } }): Promise<void> => deliver(job.data.conversation);
    const worker = new Worker<{ conversation: string }>('deliver', work, { connection, concurrency: 50 });
    await worker.waitUntilReady();
    return () => worker.close();
  };
  const close = async (): Promise<void> => {
    await queue.close();
    stop();
  };
  return { name: 'BullMQ', accept, start, close };
}

async function startRedis({ directory: around, watch }: Ground) {
  const directory = join(around, 'redis');
  await mkdir(directory, { recursive: true });
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
  const redis = spawn('redis-server', [...settings, ...durable], { stdio: 'ignore' });
  if (redis.pid !== undefined) watch(redis.pid);
  const missing = new Promise<never>((_, reject) => {
    redis.once('error', () => reject(new Error('BullMQ needs Redis: install the package redis-server')));
  });
  const up = async (): Promise<void> => {
    while (!(await isListening(port))) await sleep(50);
  };
  await Promise.race([up(), missing]);
  return { connection: { host: '127.0.0.1', port }, stop: () => void redis.kill('SIGKILL') };
}
