import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { MINUTE } from '../../src/domain/time.ts';
import { connectAccount } from '../api/support/connected-account.ts';
import type { ConnectedAccount } from '../api/support/connected-account.ts';
import { nthConversation, seedMuch } from './support/seed-much.ts';
import { aConsole } from './support/visitor.ts';

/** What grows with use. Of these no page may read every row. */
const BIG = new Set([
  'app_users',
  'conversations',
  'messages',
  'deliveries',
  'lanes',
  'threads',
  'batches',
  'effects',
  'attempts',
  'audit',
]);

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly Plans?: readonly Node[] | undefined;
}
const PlanNode: z.ZodType<Node> = z.lazy(() =>
  z.object({ 'Node Type': z.string(), 'Relation Name': z.string().optional(), Plans: z.array(PlanNode).optional() }),
);
const Explained = z.object({ 'QUERY PLAN': z.array(z.object({ Plan: PlanNode })) });

const Sent = z.object({ text: z.string(), values: z.array(z.unknown()).optional() });

/** For the times of pages, which are printed where `PAGE_TIMES` is `true`. */
const LOOKS = 21;

/** A query as it was sent, and its values. */
type Query = readonly [text: string, values: readonly unknown[]];

describe('with 10,000 conversations and 200,000 messages', () => {
  const { api, ada } = aConsole();
  let spy: { readonly mock: { readonly calls: readonly (readonly unknown[])[] } };
  let well: ConnectedAccount;
  let parked: ConnectedAccount;
  let webhook = '';
  beforeAll(async () => {
    well = await connectAccount(api(), { key: 'acme' });
    parked = await connectAccount(api(), { key: 'broken' });
    webhook = (await api.send('POST', '/webhooks', { target: 'https://shop.example/hook' })).at('webhook', '_id');
    await seedMuch(api().db, { app: api().app.appId, well, parked, now: api().clock.now(), conversations: 10_000, messages: 20 });
    spy = vi.spyOn(pg.Client.prototype, 'query');
  }, 5 * MINUTE);
  afterAll(() => vi.restoreAllMocks());

  /** What was sent since then. */
  const sentSince = (before: number): readonly Query[] =>
    spy.mock.calls.slice(before).flatMap(([query]) => {
      const sent = Sent.safeParse(query).data;
      return sent === undefined ? [] : [[sent.text, sent.values ?? []] as const];
    });

  const home = (): string => `/console/apps/${api().app.appId}`;

  it.each<readonly [string, () => string, string]>([
    ['apps', () => '/console/apps', 'Demo'],
    ['store', () => `${home()}/integrations`, 'needs a repair'],
    ['integration', () => `${home()}/integrations/${well.integration}`, 'ticket 1'],
    ['parked integration', () => `${home()}/integrations/${parked.integration}`, '1,000 messages are held'],
    ['removal', () => `${home()}/integrations/${well.integration}/remove`, '10,000 open conversations'],
    ['conversations', () => `${home()}/conversations`, 'Sur10000'],
    ['older conversations', () => `${home()}/conversations?at=${api().clock.now()}&id=c`, 'Sur9'],
    ['a name', () => `${home()}/conversations?q=given1+sur978`, 'Sur978'],
    ['a surname', () => `${home()}/conversations?q=Sur4711`, 'Sur4711'],
    ['an e-mail address', () => `${home()}/conversations?q=user4711@`, 'user4711@example.com'],
    ['nobody', () => `${home()}/conversations?q=nobody`, 'Nothing fits'],
    ['a system', () => `${home()}/conversations?system=zendesk`, 'Sur10000'],
    ['no system', () => `${home()}/conversations?system=app`, 'Nothing fits'],
    ['parked conversations', () => `${home()}/conversations?state=parked`, 'Sur10000'],
    ['waiting conversations', () => `${home()}/conversations?state=waiting`, 'Nothing fits'],
    ['delivered conversations', () => `${home()}/conversations?state=delivered`, 'Sur9999'],
    ['an error', () => `${home()}/conversations?error=503`, 'Sur10000'],
    ['no error', () => `${home()}/conversations?error=nothing+of+the+kind`, 'Nothing fits'],
    ['conversation', () => `${home()}/conversations/${nthConversation(500)}`, 'Zendesk answers 422'],
    ['message', () => `${home()}/conversations/${nthConversation(7)}/messages/7`, 'Zendesk answers 503'],
    ['parked work', () => `${home()}/parked`, '1,000 messages'],
    ['webhooks', () => `${home()}/webhooks`, 'shop.example'],
    ['webhook', () => `${home()}/webhooks/${webhook}`, 'Nothing was sent yet'],
    ['trying it', () => `${home()}/try?user=user-4711`, 'number 20'],
    ['settings', () => `${home()}/settings`, '5,000 conversations or more'],
    ['audit log', () => `${home()}/audit`, 'something 10000'],
  ])('the page of %s reads by indexes alone', async (name, path, words) => {
    if (process.env['PAGE_TIMES'] === 'true') console.info(`${name}: ${(await medianMs(path())).toFixed(0)} ms`);
    const before = spy.mock.calls.length;
    const page = await ada().look(path());
    expect(page.text).toContain(words);
    expect(await seqScans(sentSince(before))).toEqual([]);
  });

  /** How long a page takes from the request to its end, connections and loopback included. */
  async function medianMs(path: string): Promise<number> {
    const took: number[] = [];
    for (let look = 0; look < LOOKS; look += 1) {
      const began = performance.now();
      await ada().look(path);
      took.push(performance.now() - began);
    }
    return took.toSorted((a, b) => a - b)[Math.floor(LOOKS / 2)] ?? 0;
  }

  it('the check sees a page that would read everything', async () => {
    const before = spy.mock.calls.length;
    await api()
      .db.selectFrom('messages')
      .select('id')
      .where('source', '=', sql<never>`'{"type":"none"}'::jsonb`)
      .execute();
    expect(await seqScans(sentSince(before))).toEqual(['messages']);
  });

  /** Big tables that any of these queries reads from end to end. */
  async function seqScans(queries: readonly Query[]): Promise<readonly string[]> {
    const reads = queries.filter(([text]) => /^\s*(select|with)\b/i.test(text));
    if (reads.length === 0) throw new Error('a page without a query');
    const client = new pg.Client({ connectionString: api().databaseUrl });
    await client.connect();
    try {
      const found: string[] = [];
      for (const [text, values] of reads) {
        const { rows } = await client.query(`explain (format json) ${text}`, [...values]);
        found.push(...tablesRead(Explained.parse(rows[0])['QUERY PLAN'][0]?.Plan));
      }
      return found;
    } finally {
      await client.end();
    }
  }
});

function tablesRead(node: Node | undefined): readonly string[] {
  if (node === undefined) return [];
  const table = node['Relation Name'] ?? '';
  const own = node['Node Type'].includes('Seq Scan') && BIG.has(table) ? [table] : [];
  return [...own, ...(node.Plans ?? []).flatMap(tablesRead)];
}
