import { sql } from 'kysely';
import type { Db } from '../../../src/db/db.ts';
import { Spent } from '../cpu.ts';
import { CALLERS_AT_ONCE, openBare } from '../bare.ts';
import { atRate, median, round, spreadOf, timedAll } from '../figures.ts';
import type { Ground } from '../ground.ts';
import { say, untilDelivered } from '../installation.ts';
import type { Installation, Speaker } from '../installation.ts';
import type { Section } from '../report.ts';
import type { Scale } from '../scale.ts';

const STEADY_SHARE = 0.4;

/** Batches through the whole of it, against the bare workflow of the same shape on the same server. Runs take turns. */
export async function batchesSection(
  ground: Ground,
  installation: Installation,
  { speakers, worker }: { readonly speakers: readonly Speaker[]; readonly worker: number },
  scale: Scale,
): Promise<Section> {
  const { windowMs, batches, runs } = scale;
  const bare = await openBare(ground, scale);
  const ours: number[] = [];
  const theirs: number[] = [];
  const spent = new Spent({ ...ground.pids, ...installation.pids, worker, 'bare worker': bare.pid });
  const size = await sizeOf(installation.db);
  for (let run = 0; run < runs; run += 1) {
    theirs.push(await spent.during('bare', () => bare.run()));
    ours.push(
      await spent.during('ours', () => saturate(installation.db, someOf(speakers, { from: run * batches, count: batches }))),
    );
  }
  const stored = ((await sizeOf(installation.db)) - size) / (batches * runs) / 1_024;
  const each = (whose: 'ours' | 'bare'): string => spent.each(whose, batches * runs);
  const rate = median(ours);
  const perSecond = Math.max(1, Math.floor(rate * STEADY_SHARE));
  const since = Date.now();
  await atRate({ perSecond, count: perSecond * scale.steadySeconds }, (index) =>
    say(speakerOf(speakers, batches * runs + index), 'Any news?'),
  );
  await untilDelivered(installation.db);
  const overhead = spreadOf(await overheads(installation.db, since, windowMs));
  const bareOverhead = spreadOf(await bare.overheads({ perSecond, count: perSecond * scale.steadySeconds }));
  await bare.close();
  return {
    title: 'Delivering',
    figures: [
      {
        name: 'batches at saturation',
        value: round(rate),
        unit: '/s',
        note: `${batches} conversations at once, window ${windowMs} ms, the sandbox on the same machine`,
      },
      { name: 'the bare workflow', value: round(median(theirs)), unit: '/s', note: 'signal, timer, activity that does nothing' },
      { name: 'batches against the bare workflow', value: round(rate / median(theirs)), unit: '×', target: { atLeast: 0.7 } },
      { name: 'processor time a batch', value: spent.sum('ours', batches * runs), unit: 'ms', note: each('ours') },
      { name: 'processor time a batch, bare', value: spent.sum('bare', batches * runs), unit: 'ms', note: each('bare') },
      { name: 'storage a batch', value: round(stored), unit: 'KiB', note: 'of one message, in PostgreSQL, indexes included' },
      {
        name: 'overhead p50',
        value: overhead.p50,
        unit: 'ms',
        note: `delivered − accepted − window, ${perSecond} batches a second`,
        target: { atMost: 60 },
      },
      { name: 'overhead p99', value: overhead.p99, unit: 'ms', target: { atMost: 250 } },
      { name: 'overhead p50, the bare workflow', value: bareOverhead.p50, unit: 'ms', note: 'at the same rate' },
    ],
  };
}

async function sizeOf(db: Db): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(db);
  return rows[0]?.bytes ?? 0;
}

const speakerOf = (speakers: readonly Speaker[], index: number): Speaker => {
  const speaker = speakers[index % speakers.length];
  if (speaker === undefined) throw new Error('nobody speaks');
  return speaker;
};

const someOf = (speakers: readonly Speaker[], { from, count }: { readonly from: number; readonly count: number }) =>
  Array.from({ length: count }, (_, index) => speakerOf(speakers, from + index));

/** One message in each of many conversations as fast as they are taken, until the last is delivered. @returns batches a second. */
async function saturate(db: Db, speakers: readonly Speaker[]): Promise<number> {
  const began = performance.now();
  await timedAll(speakers, CALLERS_AT_ONCE, (speaker) => say(speaker, 'Where is my order?'));
  await untilDelivered(db);
  return (speakers.length * 1_000) / (performance.now() - began);
}

/** How much later than the window each message was delivered, ms. */
export async function overheads(db: Db, since: number, windowMs: number): Promise<readonly number[]> {
  const { rows } = await sql<{ ms: number }>`
    select (delivered_at - accepted_at - ${windowMs}::int)::int as ms from deliveries
    where accepted_at >= ${since} and state = 'delivered'`.execute(db);
  return rows.map(({ ms }) => ms);
}
