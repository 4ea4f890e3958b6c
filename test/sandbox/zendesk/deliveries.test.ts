import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signature } from '../../../src/sandbox/zendesk/webhooks/sign.ts';
import { aCustomer, aSandbox, aTicket, anAccount, comment, type TestAccount } from './account.ts';
import { aReceiver, eventually } from '../receiver.ts';
import { aWebhook, bridgeTrigger } from './trigger-builders.ts';

const sandbox = aSandbox();
const BODY =
  '{"ticket_id":"{{ticket.id}}","external_id":"{{ticket.external_id}}","comment_id":"{{ticket.latest_public_comment.id}}","at":"{{ticket.updated_at_with_timestamp}}"}';

interface Bridge extends TestAccount {
  readonly webhookId: string;
  readonly ticket: number;
  reply(): Promise<number | null>;
}

/** An account whose trigger calls a receiver for each public answer on a ticket. */
async function aBridge(url: string, extra: { readonly body?: string; readonly webhook?: object } = {}): Promise<Bridge> {
  const account = await anAccount(sandbox());
  const webhookId = await aWebhook(account.api, url, extra.webhook);
  await account.api.post('/triggers', bridgeTrigger(webhookId, extra.body ?? BODY));
  const ticket = await aTicket(account.api, { tags: ['smooch'], external_id: 'conv:"1"' });
  const reply = async () => (await account.control.act({ do: 'reply', ticket, as: 'Ben', text: 'Hi' })).commentId;
  return { ...account, webhookId, ticket, reply };
}

const statusOf = async (bridge: Bridge) => (await bridge.control.invocations())[0]?.status;

describe('the signature', () => {
  it('is that of the published example', () => {
    const secret = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';
    expect(signature(secret, '2021-03-25T05:09:27Z', '{"event":"ticket.updated","id":123}')).toBe(
      'S/RDdU2ERmj7LHDDoWJ2onPYH+t7/f2+LTM4dL7UiLM=',
    );
  });
});

describe('a webhook', () => {
  it('is called after an agent’s public reply, signed, with the placeholders filled in', async () => {
    const receiver = await aReceiver();
    const authentication = { type: 'bearer_token', data: { token: 't0ken' }, add_position: 'header' };
    const bridge = await aBridge(receiver.url, { webhook: { authentication } });
    const commentId = await bridge.reply();
    const [call] = await receiver.calls(1);
    const secret = String((await bridge.api.get(`/webhooks/${bridge.webhookId}/signing_secret`)).at('signing_secret', 'secret'));
    const timestamp = String(call?.headers['x-zendesk-webhook-signature-timestamp']);
    const expected = createHmac('sha256', secret).update(`${timestamp}${call?.body}`).digest('base64');
    expect(call?.headers['x-zendesk-webhook-signature']).toBe(expected);
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(call?.headers['x-zendesk-webhook-id']).toBe(bridge.webhookId);
    expect(call?.headers['x-zendesk-webhook-invocation-id']).toMatch(/^\w{26}$/);
    expect(call?.headers.authorization).toBe('Bearer t0ken');
    const stamp = (await bridge.api.get(`/tickets/${bridge.ticket}`)).at('ticket', 'updated_at');
    const said: unknown = JSON.parse(call?.body ?? '');
    expect(said).toEqual({ ticket_id: String(bridge.ticket), external_id: 'conv:"1"', comment_id: String(commentId), at: stamp });
  });

  it('is called for the API’s own posts as well, and not for notes or untagged tickets', async () => {
    const receiver = await aReceiver();
    const bridge = await aBridge(receiver.url, { body: '{{ticket.id}}' });
    const customer = await aCustomer(bridge.api);
    await bridge.control.act({ do: 'note', ticket: bridge.ticket, as: 'Ben', text: 'x' });
    await comment(bridge.api, await aTicket(bridge.api), { body: 'untagged' });
    await comment(bridge.api, bridge.ticket, { body: 'own', author_id: customer });
    await receiver.calls(1);
    expect(receiver.received.map((call) => call.body)).toEqual([String(bridge.ticket)]);
  });

  it('gets placeholders raw where that is set', async () => {
    const receiver = await aReceiver();
    const bridge = await aBridge(receiver.url, { body: '{{ticket.external_id}}' });
    await bridge.control.set({ webhookPlaceholders: 'raw' });
    await bridge.reply();
    expect((await receiver.calls(1))[0]?.body).toBe('conv:"1"');
  });

  it('is not called while inactive', async () => {
    const receiver = await aReceiver();
    const bridge = await aBridge(receiver.url, { webhook: { status: 'inactive' } });
    await bridge.reply();
    expect(await bridge.control.invocations()).toEqual([]);
  });

  it('is called late where a delay is set', async () => {
    const receiver = await aReceiver();
    const bridge = await aBridge(receiver.url);
    await bridge.control.set({ webhookDelayMs: 3_600_000 });
    await bridge.reply();
    expect(await statusOf(bridge)).toBe('pending');
    expect(receiver.received).toEqual([]);
    sandbox().clock.advance(3_600_000);
    expect(await receiver.calls(1)).toHaveLength(1);
  });
});

describe('a failed call', () => {
  it.each([
    { answers: Array.from({ length: 9 }, () => ({ status: 409 })), attempts: 4, end: 'failed' },
    { answers: [{ status: 409 }, { status: 409 }], attempts: 3, end: 'success' },
    { answers: [{ status: 500 }], attempts: 1, end: 'failed' },
    { answers: [{ status: 502 }], attempts: 1, end: 'failed' },
    { answers: [{ status: 429, headers: { 'retry-after': '1' } }], attempts: 2, end: 'success' },
    { answers: [{ status: 503, headers: { 'retry-after': '59' } }], attempts: 2, end: 'success' },
    { answers: [{ status: 503, headers: { 'retry-after': '60' } }], attempts: 1, end: 'failed' },
    { answers: [{ status: 503 }], attempts: 1, end: 'failed' },
    { answers: [{ status: 302, headers: { location: '/' } }], attempts: 1, end: 'failed' },
  ])('answered $answers.0.status ends as $end after $attempts attempts', async ({ answers, attempts, end }) => {
    const receiver = await aReceiver(...answers);
    const bridge = await aBridge(receiver.url);
    await bridge.reply();
    const isOver = await eventually(async () => {
      sandbox().clock.advance(30_000);
      return (await statusOf(bridge)) !== 'pending';
    });
    expect(isOver).toBe(true);
    const [invocation] = await bridge.control.invocations();
    expect([invocation?.status, invocation?.attempts.length, receiver.received.length]).toEqual([end, attempts, attempts]);
  });

  it('by time-out is tried five times more', async () => {
    const receiver = await aReceiver(...Array.from({ length: 6 }, () => 'hang' as const));
    const bridge = await aBridge(receiver.url);
    await bridge.control.set({ webhookTimeoutMs: 50, webhookRetryMs: 0 });
    await bridge.reply();
    expect(await eventually(async () => (await statusOf(bridge)) === 'timeout')).toBe(true);
    const [invocation] = await bridge.control.invocations();
    expect(invocation?.attempts).toHaveLength(6);
  });

  it('to where nobody listens is lost', async () => {
    const bridge = await aBridge('http://127.0.0.1:9/');
    await bridge.reply();
    expect(await eventually(async () => (await statusOf(bridge)) === 'failed')).toBe(true);
  });

  it('is told by the API, attempt by attempt', async () => {
    const receiver = await aReceiver({ status: 409 });
    const bridge = await aBridge(receiver.url);
    await bridge.control.set({ webhookRetryMs: 0 });
    await bridge.reply();
    await eventually(async () => (await statusOf(bridge)) === 'success');
    const listed = await bridge.api.get(`/webhooks/${bridge.webhookId}/invocations`);
    expect(listed.at('invocations', 0, 'status')).toBe('success');
    const path = `/webhooks/${bridge.webhookId}/invocations/${String(listed.at('invocations', 0, 'id'))}/attempts`;
    const attempts = await bridge.api.get(path);
    expect([0, 1].map((index) => attempts.at('attempts', index, 'status_code'))).toEqual([409, 200]);
  });
});

describe('scripted trouble', () => {
  it('loses a call, and counts that it did', async () => {
    const receiver = await aReceiver();
    const bridge = await aBridge(receiver.url, { body: '{{ticket.latest_public_comment.id}}' });
    await bridge.control.addFault({ kind: 'lost', path: '/hook' });
    await bridge.reply();
    const second = await bridge.reply();
    await receiver.calls(1);
    expect(receiver.received.map((call) => call.body)).toEqual([String(second)]);
    expect((await bridge.control.faults())[0]?.fired).toBe(1);
  });

  it('makes a call twice, with the same invocation id', async () => {
    const receiver = await aReceiver();
    const bridge = await aBridge(receiver.url);
    await bridge.control.addFault({ kind: 'duplicate' });
    await bridge.reply();
    const calls = await receiver.calls(2);
    expect(calls).toHaveLength(2);
    expect(calls[0]?.headers['x-zendesk-webhook-invocation-id']).toBe(calls[1]?.headers['x-zendesk-webhook-invocation-id']);
  });

  it('lets a later call overtake an earlier one', async () => {
    const receiver = await aReceiver();
    const bridge = await aBridge(receiver.url, { body: '{{ticket.latest_public_comment.id}}' });
    await bridge.control.addFault({ kind: 'delay', ms: 60_000 });
    const [first, second] = [await bridge.reply(), await bridge.reply()];
    await receiver.calls(1);
    sandbox().clock.advance(60_000);
    await receiver.calls(2);
    expect(receiver.received.map((call) => call.body)).toEqual([String(second), String(first)]);
  });
});
