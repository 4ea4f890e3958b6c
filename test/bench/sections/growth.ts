import { sql } from 'kysely';
import { sweepLanes } from '../../../src/db/sweep/lanes.ts';
import type { Db } from '../../../src/db/db.ts';
import { round, spreadOf } from '../figures.ts';
import { say, untilDelivered } from '../installation.ts';
import type { Installation, Speaker } from '../installation.ts';
import type { Section } from '../report.ts';
import type { Scale } from '../scale.ts';
import { acceptOne } from './accept.ts';
import { overheads } from './batches.ts';

const TURNS = 200;
/** Each says one thing: a ticket that takes much is written to more rarely. */
const TALKERS = 20;

interface Cost {
  readonly accept: number;
  readonly overhead: number;
  readonly sweep: number;
}

/** The same work with a thousand conversations in the database, and with a hundred thousand. */
export async function growthSection(
  { db, apps }: Installation,
  speakers: readonly Speaker[],
  { windowMs, small: few, large: many }: Scale,
): Promise<Section> {
  const app = apps[0]?.appId ?? '';
  await fill(db, app, few);
  const small = await costOf(db, speakers.slice(0, TALKERS + 1), windowMs);
  await fill(db, app, many);
  const large = await costOf(db, speakers.slice(TALKERS + 1, 2 * TALKERS + 2), windowMs);
  const line = (name: string, cost: keyof Cost, what: string) => ({
    name,
    value: round(large[cost] / small[cost]),
    unit: '×',
    note: `${what}: ${small[cost]} ms with ${few} conversations, ${large[cost]} ms with ${many}`,
  });
  return {
    title: 'Growing',
    figures: [
      line('accepting', 'accept', 'p50 of the statement, one at a time'),
      line('delivering', 'overhead', 'overhead p50, one at a time'),
      line('a sweep', 'sweep', 'p50, with nothing to ring'),
    ],
  };
}

const ID = sql.raw(`'ffff' || lpad(to_hex(n), 20, '0')`);

/** Adds conversations with six messages each, all delivered, until there are so many. */
async function fill(db: Db, app: string, upTo: number): Promise<void> {
  const there = sql`(select count(*)::int from conversations)`;
  await sql`create table if not exists bench_fill as select 0 as n where false`.execute(db);
  await sql`truncate bench_fill`.execute(db);
  await sql`insert into bench_fill select generate_series(${there} + 1, ${upTo}::int)`.execute(db);
  await sql`insert into app_users (id, app_id, created_at) select ${ID}, ${app}, 0 from bench_fill`.execute(db);
  await sql`insert into conversations (id, app_id, app_user_id, last_seq)
    select ${ID}, ${app}, ${ID}, 6 from bench_fill`.execute(db);
  await sql`insert into messages (id, conversation_id, seq, role, content, author, source, accepted_at)
    select substr(md5(n || '-' || s), 1, 24), ${ID}, s, 'appUser', '{"type": "text", "text": "Where is my order?"}', '{}', '{"type": "api"}', s
    from bench_fill cross join generate_series(1, 6) s`.execute(db);
  await sql`insert into lanes (conversation_id, destination_id, rung_seq, heard_seq, taken_seq, generation)
    select ${ID}, d.id, 6, 6, 6, 1 from bench_fill cross join destinations d where d.app_id = ${app}`.execute(db);
  await sql`insert into deliveries (conversation_id, destination_id, seq, state, accepted_at, delivered_at)
    select ${ID}, d.id, s, 'delivered', s, s
    from bench_fill cross join generate_series(1, 6) s cross join destinations d where d.app_id = ${app}`.execute(db);
  await sql`vacuum analyze`.execute(db);
}

async function costOf(db: Db, speakers: readonly Speaker[], windowMs: number): Promise<Cost> {
  const [quiet, ...talkers] = speakers;
  if (quiet === undefined) throw new Error('nobody speaks');
  const since = Date.now();
  for (const talker of talkers) {
    await say(talker, 'Any news?');
    await untilDelivered(db, { conversation: talker.conversation });
  }
  const overhead = spreadOf(await overheads(db, since, windowMs)).p50;
  const sweep = await p50Of(TURNS, () => sweepLanes(db, Date.now(), 500));
  const accept = await p50Of(TURNS, () => acceptOne(db, quiet.conversation));
  return { accept, overhead, sweep };
}

async function p50Of(turns: number, work: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const began = performance.now();
    await work();
    took.push(performance.now() - began);
  }
  return spreadOf(took).p50;
}
