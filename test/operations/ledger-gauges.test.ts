import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDb } from '../../src/db/db.ts';
import { parkedQuery, undeliveredQuery, waitingQuery } from '../../src/db/read-ledger.ts';
import { createLedgerGauges } from '../../src/operations/ledger-gauges.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { createTestLog } from '../api/support/test-log.ts';
import { connectWebhook, createConversation, createWorld, say } from '../engine/support/world.ts';
import type { World } from '../engine/support/world.ts';

const systems = [{ name: 'app' }, { name: 'zendesk' }];

describe('the gauges of the ledger', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.close());

  const gaugesOf = (metrics = createMetrics()) => ({
    metrics,
    refresh: createLedgerGauges({ db: world.db, clock: world.clock, log: createTestLog(), metrics, systems }),
  });

  async function shown(): Promise<string> {
    const { metrics, refresh } = gaugesOf();
    await refresh();
    return await metrics.registry.metrics();
  }

  it('say 0 where there is nothing', async () => {
    const text = await shown();
    expect(text).toContain('deskbridge_messages{system="zendesk",state="waiting"} 0');
    expect(text).toContain('deskbridge_oldest_undelivered_seconds{system="app",state="waiting"} 0');
    expect(text).toContain('deskbridge_ledger_readable 1');
  });

  it('tell what waits, what is held for a repair, and what was refused, with the age of the oldest', async () => {
    const { destination } = await connectWebhook(world, 'http://127.0.0.1:1/');
    const [one, other] = [await createConversation(world), await createConversation(world)];
    for (const conversation of [one, one, other]) await say(world, conversation, 'x');
    world.clock.advance(90_000);
    expect(await shown()).toContain('deskbridge_messages{system="app",state="waiting"} 3');
    expect(await shown()).toContain('deskbridge_oldest_undelivered_seconds{system="app",state="waiting"} 90');
    await sql`update deliveries set state = 'parked' where conversation_id = ${other}`.execute(world.db);
    await sql`update lanes set until = ${world.clock.now() + 1_000}, why = '{"kind":"turn"}'
      where conversation_id = ${one}`.execute(world.db);
    expect(await shown()).toContain('deskbridge_messages{system="app",state="refused"} 1');
    expect(await shown()).toContain('deskbridge_lanes_waiting{system="app",reason="turn"} 1');
    await sql`update destinations set parked_generation = generation where id = ${destination}`.execute(world.db);
    const text = await shown();
    expect(text).toContain('deskbridge_messages{system="app",state="held"} 2');
    expect(text).toContain('deskbridge_messages{system="app",state="waiting"} 0');
    expect(text).toContain('deskbridge_lanes_parked{system="app"} 1');
    expect(text).toContain('deskbridge_destinations_parked{system="app"} 1');
  });

  it('are read once for all who ask within some seconds', async () => {
    const { metrics, refresh } = gaugesOf();
    await Promise.all([refresh(), refresh()]);
    await say(world, await createConversation(world), 'one more');
    await refresh();
    expect(await metrics.registry.metrics()).toContain('deskbridge_messages{system="app",state="held"} 2');
    world.clock.advance(5_000);
    await refresh();
    expect(await metrics.registry.metrics()).toContain('deskbridge_messages{system="app",state="held"} 3');
  });

  it('say nothing, rather than what was true before, while the database is away', async () => {
    const metrics = createMetrics();
    const db = openDb({ url: 'postgres://nobody@127.0.0.1:1/nothing', connections: 1 });
    await createLedgerGauges({ db, clock: world.clock, log: createTestLog(), metrics, systems })();
    await db.destroy();
    const text = await metrics.registry.metrics();
    expect(text).toContain('deskbridge_ledger_readable 0');
    expect(text).not.toContain('deskbridge_messages{');
  });
});

describe('reading the ledger of a busy installation', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    await fill(world);
  });
  afterAll(() => world.close());

  it.each([
    ['what is not delivered', undeliveredQuery()],
    ['what waits', waitingQuery(1)],
    ['what is parked', parkedQuery()],
  ])('does not read the whole table to find %s', async (_what, query: RawBuilder<unknown>) => {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${query}`.execute(world.db);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index');
    expect(plan).not.toMatch(/Seq Scan on (deliveries|lanes)/);
  });
});

const CONVERSATIONS = 2_000;
const MESSAGES_EACH = 50;

/** Many conversations in which all but a few messages are delivered. */
async function fill(world: World): Promise<void> {
  const { destination } = await connectWebhook(world, 'http://127.0.0.1:1/');
  const statements = [
    sql`insert into app_users (id, app_id, created_at) select 'u' || n, ${world.app}, 1 from generate_series(1, ${CONVERSATIONS}::int) n`,
    sql`insert into conversations (id, app_id, app_user_id)
      select 'c' || n, ${world.app}, 'u' || n from generate_series(1, ${CONVERSATIONS}::int) n`,
    sql`insert into lanes (conversation_id, destination_id, until)
      select 'c' || n, ${destination}, case when n % 500 = 0 then 5 end from generate_series(1, ${CONVERSATIONS}::int) n`,
    sql`insert into deliveries (conversation_id, destination_id, seq, state, accepted_at)
      select 'c' || n, ${destination}, seq,
        case when n % 500 = 0 and seq > 48 then case when seq = 49 then 'parked' else 'waiting' end else 'delivered' end, seq
      from generate_series(1, ${CONVERSATIONS}::int) n, generate_series(1, ${MESSAGES_EACH}::int) seq`,
    sql`insert into destinations (id, app_id, account_id, system, label, takes, window_ms, created_at)
      select 'd' || n, app_id, account_id, system, label, takes, window_ms, 1
      from destinations, generate_series(1, ${CONVERSATIONS}::int) n where id = ${destination}`,
    sql`analyze`,
  ];
  for (const statement of statements) await statement.execute(world.db);
}
