import { sql } from 'kysely';
import { atRate, round, spreadOf, timedAll } from '../figures.ts';
import type { Spread } from '../figures.ts';
import type { Ground } from '../ground.ts';
import type { Installation, Speaker } from '../installation.ts';
import type { Figure, Section } from '../report.ts';
import type { Scale } from '../scale.ts';
import { openBullmq } from '../rivals/bullmq.ts';
import { openGraphile } from '../rivals/graphile.ts';
import type { Rival } from '../rivals/rival.ts';
import { acceptOne } from './accept.ts';

const STEADY = { perSecond: 100, count: 1_000 };

/** The same job elsewhere: a message is safe, and one delivery of its conversation comes after the window. Deliveries do nothing. */
export async function rivalsSection(
  ground: Ground,
  { db, databaseUrl }: Installation,
  speakers: readonly Speaker[],
  { windowMs, batches }: Scale,
): Promise<Section> {
  await sql`create table if not exists rival_messages (id text primary key, conversation text not null, body text not null, at bigint not null)`.execute(
    db,
  );
  const conversations = speakers.map(({ conversation }) => conversation);
  const conversationAt = (index: number): string => conversations[index % conversations.length] ?? '';
  const steady = async (accept: (conversation: string) => Promise<unknown>): Promise<Spread> => {
    await atRate({ perSecond: STEADY.perSecond, count: 100 }, (index) => accept(conversationAt(index)));
    return spreadOf(await atRate(STEADY, (index) => accept(conversationAt(index))));
  };
  const ours = await steady((conversation) => acceptOne(db, conversation));
  const rivals = [await openGraphile(db, databaseUrl, windowMs), await openBullmq(db, ground, windowMs)];
  const figures: Figure[] = [
    {
      name: 'accepting, Deskbridge p50',
      value: ours.p50,
      unit: 'ms',
      note: `${STEADY.perSecond} a second, durable, through the same pool`,
    },
  ];
  for (const rival of rivals) {
    const theirs = await steady((conversation) => rival.accept(conversation, 'Where is my order?'));
    figures.push(
      { name: `accepting, ${rival.name} p50`, value: theirs.p50, unit: 'ms' },
      { name: `Deskbridge against ${rival.name}`, value: round(ours.p50 / theirs.p50), unit: '×', target: { atMost: 1 } },
      {
        name: `batches, ${rival.name}`,
        value: round(await batchesOf(rival, batches)),
        unit: '/s',
        note: 'deliveries that do nothing',
      },
    );
    await rival.close();
  }
  return { title: 'Rivals', figures };
}

async function batchesOf(rival: Rival, batches: number): Promise<number> {
  const names = Array.from({ length: batches }, (_, index) => `batch ${index}`);
  const left = new Set(names);
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = await rival.start((conversation) => {
    left.delete(conversation);
    if (left.size === 0) resolve();
    return Promise.resolve();
  });
  const began = performance.now();
  await timedAll(names, 64, (name) => rival.accept(name, 'Where is my order?'));
  await promise;
  const took = performance.now() - began;
  await stop();
  return (batches * 1_000) / took;
}
