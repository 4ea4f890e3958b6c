import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findKey } from '../../src/db/apps.ts';
import { createClient } from '../api/support/client.ts';
import { startReceiver } from '../engine/support/receiver.ts';
import type { Receiver } from '../engine/support/receiver.ts';
import { monitored } from '../operations/support/monitored.ts';
import { temporalCli } from '../support/temporal.ts';
import { onTickets, say, undelivered } from './support/conversations.ts';
import type { Speaker } from './support/conversations.ts';
import { startInstallation } from './support/installation.ts';
import type { Installation } from './support/installation.ts';
import { excerpt, historiesOf, logsOf } from './support/told.ts';
import { startTraceReceiver } from './support/trace-receiver.ts';
import type { TraceReceiver } from './support/trace-receiver.ts';

/** In all that people write, in who they are, and in what nobody else is to know. */
const PLANTED = 'qzplanted';

describe('a whole run of an installation', { timeout: 60_000 }, () => {
  const cli = temporalCli();
  let installation: Installation;
  let traces: TraceReceiver;
  let webhook: Receiver;
  let ann: Speaker;
  let hugo: Speaker;
  beforeAll(async () => {
    traces = await startTraceReceiver();
    webhook = await startReceiver();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: traces.url, OTEL_BSP_SCHEDULE_DELAY: '200', DESKBRIDGE_LOG_LEVEL: 'debug' };
    installation = await startInstallation({ cli, apis: 1, workers: 1, env });
    ann = await meet('watched');
    hugo = await meet('refusing');
  });
  afterAll(async () => {
    await installation.close();
    await webhook.close();
    await traces.close();
  });

  it('has a message delivered, an answer passed on', async () => {
    await goWell();
    expect(webhook.texts()).toHaveLength(2);
  });

  it('has requests refused, and calls refused by a vendor', async () => {
    await goWrong();
    expect(webhook.texts()).toHaveLength(2);
  });

  it('is one trace from the request through the round to the vendor', async () => {
    const [post] = spansOf('POST /v1.1/appusers/*user/messages');
    const mine = (): readonly string[] => traces.spans.filter(({ traceId }) => traceId === post?.traceId).map(({ name }) => name);
    await expect.poll(mine).toEqual(expect.arrayContaining(['ring', 'zendesk.deliver', 'POST zendesk', 'app.deliver']));
    const [ring] = ofTrace(post?.traceId, 'ring');
    const [round] = ofTrace(post?.traceId, 'zendesk.deliver');
    expect(ring?.parentSpanId).toBe(post?.spanId);
    expect(round?.parentSpanId).toBe(ring?.spanId);
    expect(ofTrace(post?.traceId, 'POST zendesk').map(({ parentSpanId }) => parentSpanId)).toContain(round?.spanId);
  });

  it('is one trace from the vendor’s hook to what is fetched and passed on', async () => {
    await expect.poll(isPassedOn).toBe(true);
  });

  it('can be followed in the logs by its ids', async () => {
    const log = await logsOf(installation);
    const lines = log.split('\n').filter((line) => line.includes(ann.conversation));
    for (const words of ['a message was accepted', 'a round ended', 'a thread was fetched'])
      expect(lines.filter((line) => line.includes(words)).length, words).toBeGreaterThan(0);
    const round = lines.find((line) => line.includes('"outcome":"delivered"') && line.includes('"system":"zendesk"')) ?? '{}';
    expect(JSON.parse(round)).toMatchObject({
      delivered: 1,
      batch: expect.stringMatching(/^[0-9a-f]{24}$/),
      app: expect.any(String),
    });
  });

  it('tells nobody what people wrote, who they are, or a secret: not in logs, traces, metrics or histories', async () => {
    const told = {
      logs: await logsOf(installation),
      traces: traces.bodies.join('\n'),
      metrics: await metrics(),
      histories: await historiesOf(installation),
    };
    expect(told.histories.includes('→ ticket')).toBe(true);
    const secrets = [PLANTED, Buffer.alloc(32, 7).toString('base64'), ...(await keySecrets()), ...(await accessTokens())];
    expect(secrets.length).toBeGreaterThan(4);
    for (const [where, text] of Object.entries(told)) {
      expect(text.length, where).toBeGreaterThan(1_000);
      for (const secret of secrets) expect(excerpt(text, secret), where).toBe('');
    }
  });

  it('shows in the metrics, with those of Temporal’s SDK', async () => {
    const text = await metrics();
    for (const sample of [
      /^deskbridge_vendor_calls_total\{system="zendesk",kind="write",outcome="2xx"\} [1-9]/m,
      /^deskbridge_vendor_calls_total\{system="zendesk",kind="\w+",outcome="4xx"\} [1-9]/m,
      /^deskbridge_batch_messages_count\{system="zendesk"\} [1-9]/m,
      /^deskbridge_messages_accepted_total\{from="api"\} 2/m,
      /^deskbridge_messages_accepted_total\{from="zendesk"\} 1/m,
      /^deskbridge_bells_total\{outcome="rung"\} [1-9]/m,
      /^deskbridge_sweeps_total\{outcome="done"\} [1-9]/m,
      /^deskbridge_destinations_parked\{system="zendesk"\} 1/m,
      /^temporal_\w+\{/m,
    ])
      expect(text).toMatch(sample);
    for (const name of await monitored()) expect(text, name).toContain(`# TYPE ${name.replace(/_(bucket|sum|count)$/, '')} `);
    expect(text).not.toMatch(/[0-9a-f]{24}/);
  });

  it('says of each process whether it can work', async () => {
    // Whoever asks does so again and again: what does not answer within two seconds, on a busy machine, is said to be down.
    const health = () => Promise.all(installation.processes.map(({ operations }) => createClient(operations)('GET', '/readyz')));
    const ready = { status: 200, body: { status: 'ready', temporal: 'up' } };
    await expect.poll(health).toMatchObject([ready, ready]);
    await installation.temporal.kill();
    const without = { database: 'up', temporal: 'down' };
    await expect.poll(health).toMatchObject([
      { status: 200, body: without },
      { status: 503, body: without },
    ]);
  });

  async function meet(subdomain: string): Promise<Speaker> {
    const app = await installation.connectApp(subdomain, { windowMs: 300 });
    const userId = `${PLANTED}-of-${subdomain}@example.com`;
    const profile = { userId, email: userId, givenName: PLANTED, surname: PLANTED, properties: { note: PLANTED } };
    const created = await app.clients[0]('POST', '/appusers', profile);
    expect(created.status).toBe(201);
    const { id: conversation } = await installation.db
      .selectFrom('conversations as c')
      .innerJoin('app_users as u', 'u.id', 'c.app_user_id')
      .select('c.id')
      .where('u.user_id', '=', userId)
      .executeTakeFirstOrThrow();
    return { app, userId: encodeURIComponent(userId), conversation };
  }

  /** A message to the desk and to a webhook, and an answer to it. */
  async function goWell(): Promise<void> {
    const target = `${webhook.url}/hook?secret=${PLANTED}`;
    expect((await ann.app.clients[0]('POST', '/webhooks', { target, triggers: ['message'] })).status).toBe(201);
    expect((await say(ann, `${PLANTED} says hello`)).status).toBe(201);
    await expect.poll(() => onTickets(installation, [ann.app])).toMatchObject({ [ann.conversation]: [`${PLANTED} says hello`] });
    // An answer that comes while the round is under way is fetched at its end, and is part of its trace.
    await expect.poll(() => undelivered(installation.db)).toBe(0);
    const [ticket] = await installation.desk.tickets('watched');
    await installation.desk
      .control('watched')
      .act({ ticket: ticket?.id ?? 0, as: 'Ben', do: 'reply', text: `${PLANTED} answers` });
    await expect.poll(() => webhook.texts().at(-1)).toContain(`${PLANTED} answers`);
  }

  /** All that is refused, on either side. */
  async function goWrong(): Promise<void> {
    const api = installation.apis[0] ?? '';
    const [client] = ann.app.clients;
    const path = `/appusers/${ann.userId}/messages`;
    expect((await client('POST', path, { role: PLANTED, text: PLANTED })).status).toBe(400);
    expect((await client('POST', path, `{"text": "${PLANTED}`)).status).toBe(400);
    expect((await client('GET', `${path}?before=${PLANTED}`)).status).toBe(400);
    expect((await createClient(`${api}/v1.1`, `Bearer ${PLANTED}`)('GET', path)).status).toBe(401);
    expect((await createClient(api)('GET', `/${PLANTED}?token=${PLANTED}`)).status).toBe(404);
    const { id } = await installation.db
      .selectFrom('accounts')
      .select('id')
      .where('key', '=', 'watched')
      .executeTakeFirstOrThrow();
    expect((await createClient(api)('POST', `/hooks/zendesk/${id}?x=${PLANTED}`, { text: PLANTED })).status).toBe(401);
    webhook.answer({ status: 500, headers: { 'x-said': PLANTED } });
    const words = `${PLANTED}@example.com is not welcome`;
    const refusal = { error: 'not_welcome', description: words, error_description: words };
    const refusing = installation.desk.control('refusing');
    await refusing.addFault({ kind: 'status', status: 503, times: 1, body: refusal });
    await refusing.addFault({ kind: 'status', status: 401, times: 1_000, body: refusal });
    expect((await say(hugo, `${PLANTED} cannot be delivered`)).status).toBe(201);
    const parked = installation.db.selectFrom('destinations').select('id').where('parked_generation', '>', 0);
    await expect.poll(async () => (await parked.execute()).length).toBe(1);
  }

  const isPassedOn = (): boolean =>
    spansOf('POST /hooks/:system').some(({ traceId }) => {
      const found = new Set(traces.spans.filter((span) => span.traceId === traceId).map(({ name }) => name));
      return ['ring', 'zendesk.collect', 'GET zendesk', 'app.deliver', 'POST app'].every((name) => found.has(name));
    });

  const spansOf = (name: string) => traces.spans.filter((span) => span.name === name);
  const ofTrace = (traceId: string | undefined, name: string) => spansOf(name).filter((span) => span.traceId === traceId);

  async function metrics(): Promise<string> {
    const shown = await Promise.all(
      installation.processes.map(async ({ operations }) => (await createClient(operations)('GET', '/metrics')).text),
    );
    return shown.join('\n');
  }

  async function keySecrets(): Promise<readonly string[]> {
    const keys = await installation.db.selectFrom('app_keys').select('id').execute();
    const found = await Promise.all(keys.map(({ id }) => findKey(installation.db, installation.vault, id)));
    return found.flatMap((key) => key?.secret ?? []);
  }

  async function accessTokens(): Promise<readonly string[]> {
    return await Promise.all(['watched', 'refusing'].map((subdomain) => installation.desk.control(subdomain).adminToken()));
  }
});
