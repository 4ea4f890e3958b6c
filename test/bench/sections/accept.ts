import { sql } from 'kysely';
import { accept } from '../../../src/db/accept.ts';
import type { Db } from '../../../src/db/db.ts';
import { toId } from '../../../src/domain/ids.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { newId } from '../../../src/db/new-id.ts';
import { atRate, round, spreadOf, timedAll } from '../figures.ts';
import { say, speakersOf } from '../installation.ts';
import type { Installation, Speaker } from '../installation.ts';
import type { Section } from '../report.ts';
import type { Scale } from '../scale.ts';

const AT_ONCE = 32;
const STEADY_SHARE = 0.4;

/** Taking messages in: over HTTP as apps do, and the statement alone against a bare insert through the same pool. */
export async function acceptSection(installation: Installation, { messages, steadySeconds }: Scale): Promise<Section> {
  const { db } = installation;
  const speakers = await speakersOf(installation, 400, 'writer');
  const turns = Array.from({ length: messages }, (_, index) => speakerAt(speakers, index));
  await timedAll(turns.slice(0, messages / 8), AT_ONCE, (speaker) => say(speaker, 'warming up'));
  const rate = (ms: number): number => (messages * 1_000) / ms;
  const http = rate(await timedAll(turns, AT_ONCE, (speaker) => say(speaker, 'Where is my order?')));
  const perSecond = Math.floor(http * STEADY_SHARE);
  const steady = spreadOf(
    await atRate({ perSecond, count: perSecond * steadySeconds }, (index) => say(speakerAt(speakers, index), 'And mine?')),
  );
  const statement = rate(await timedAll(turns, AT_ONCE, ({ conversation }) => acceptOne(db, conversation)));
  const bare = rate(await bareInserts(db, messages));
  return {
    title: 'Accepting',
    figures: [
      {
        name: 'accept latency p50',
        value: steady.p50,
        unit: 'ms',
        note: `over HTTP, ${perSecond} a second, ${STEADY_SHARE} of saturation`,
      },
      { name: 'accept latency p95', value: steady.p95, unit: 'ms' },
      { name: 'accept latency p99', value: steady.p99, unit: 'ms' },
      { name: 'accepted over HTTP', value: round(http), unit: '/s', note: `one API process, ${AT_ONCE} at once` },
      { name: 'accepted by the statement alone', value: round(statement), unit: '/s' },
      { name: 'bare single-row inserts', value: round(bare), unit: '/s', note: 'same pool, same number at once' },
      { name: 'accept against bare insert', value: round(statement / bare), unit: '×', target: { atLeast: 0.5 } },
      { name: 'accept over HTTP against bare insert', value: round(http / bare), unit: '×' },
    ],
  };
}

function speakerAt(speakers: readonly Speaker[], index: number): Speaker {
  const speaker = speakers[index % speakers.length];
  if (speaker === undefined) throw new Error('nobody speaks');
  return speaker;
}

export const acceptOne = (db: Db, conversation: string): Promise<unknown> =>
  accept(db, {
    conversation: toId<ConversationId>(conversation),
    role: 'appUser',
    content: { type: 'text', text: 'Where is my order?' },
    author: {},
    source: { type: 'api' },
    now: Date.now(),
  });

async function bareInserts(db: Db, messages: number): Promise<number> {
  await sql`create table if not exists bench_rows (id text primary key, conversation text not null, content jsonb not null, at bigint not null)`.execute(
    db,
  );
  const content = JSON.stringify({ type: 'text', text: 'Where is my order?' });
  const insert = (): Promise<unknown> =>
    sql`insert into bench_rows (id, conversation, content, at) values (${newId()}, 'one', ${content}::jsonb, ${Date.now()})`.execute(
      db,
    );
  return await timedAll([...Array(messages).keys()], AT_ONCE, insert);
}
