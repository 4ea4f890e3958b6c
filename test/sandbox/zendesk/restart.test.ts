import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProcess } from '../a-process.ts';
import { startSandbox, type TestSandbox } from '../start-sandbox.ts';
import { freshDatabase } from '../support.ts';
import { anAccountOf, aTicket, comment } from './account.ts';
import { createApi } from './api.ts';
import { aReceiver } from '../receiver.ts';
import { aWebhook, bridgeTrigger } from './trigger-builders.ts';

const KEY = { 'idempotency-key': 'k' };

describe('after a SIGKILL', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let restarted: TestSandbox | undefined;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(async () => {
    await restarted?.stop();
    await database.drop();
  });

  it('everything that was answered is there, and webhooks that were due are still called', async () => {
    const receiver = await aReceiver();
    const killed = await aProcess(database.url);
    const before = await anAccountOf(killed.url, 'survivor');
    const webhookId = await aWebhook(before.api, receiver.url);
    await before.api.post('/triggers', bridgeTrigger(webhookId, '{{ticket.latest_public_comment.value}}'));
    await before.site.call('PATCH', '/sandbox/settings', { webhookDelayMs: 3_600_000 });
    await before.site.call('POST', '/sandbox/faults', { kind: 'slow', ms: 1, times: 9 });
    const sent = JSON.stringify({ ticket: { tags: ['smooch'], comment: { body: 'First' } } });
    const created = await before.api.post('/tickets', sent, KEY);
    const updated = await comment(before.api, created.id('ticket', 'id'), { body: 'Said before the kill' });
    expect(updated.status).toBe(200);
    await killed.kill();

    restarted = await startSandbox(database.url);
    const after = createApi(`${restarted.url}/zendesk/survivor`, before.token);
    const control = restarted.zendesk.account('survivor');
    const ticket = created.id('ticket', 'id');
    expect((await after.get(`/tickets/${ticket}/comments`)).at('comments', 1, 'body')).toBe('Said before the kill');
    expect((await after.post('/tickets', sent, KEY)).headers.get('x-idempotency-lookup')).toBe('hit');
    expect((await comment(after, ticket, { body: 'x', public: false })).headers.get('zendesk-ratelimit-tickets-update')).toMatch(
      /remaining=13/,
    );
    expect((await control.faults())[0]?.fired).toBeGreaterThanOrEqual(2);
    expect(receiver.received).toEqual([]);
    restarted.clock.advance(3_600_000);
    expect((await receiver.calls(1))[0]?.body).toBe('Said before the kill');
    expect(await aTicket(after)).toBe(ticket + 1);
  });

  it('a clock that was set over HTTP stays set', async () => {
    const killed = await aProcess(database.url);
    const clock = await createApi(killed.url).call('POST', '/sandbox/clock', { advance: 86_400_000 });
    await killed.kill();
    const next = await startSandbox(database.url);
    expect(next.clock.now()).toBeGreaterThanOrEqual(clock.id('now'));
    await next.stop();
  });
});
