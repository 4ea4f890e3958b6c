import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCrowd } from '../../activities/crowd.ts';
import { deliver } from '../../activities/deliver.ts';
import type { Http } from '../../activities/http.ts';
import { slack } from '../../activities/slack/index.ts';
import { putGrant, readGrant } from '../../src/db/accounts/grants.ts';
import { newId } from '../../src/db/new-id.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { textOf } from '../../src/domain/json.ts';
import { HOUR } from '../../src/domain/time.ts';
import { PassingClock } from '../engine/support/passing-clock.ts';
import { attempts, attemptOf, createConversation, say, settle } from '../engine/support/world.ts';
import { startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../engine/support/zendesk-world.ts';
import { createSlackWorld } from './support/slack-world.ts';
import type { SlackWorld } from './support/slack-world.ts';

const unpaced = { ...slack, budgetsOf: () => ({ account: {} }) };
const MANY = 10;
const TOKENS = '/oauth.v2.access';

describe('the tokens of a Slack app that has them rotate', () => {
  let server: SandboxServer;
  let world: SlackWorld;
  beforeEach(async () => {
    server = await startSandbox(new PassingClock());
    world = await createSlackWorld(server);
    await allow();
    await world.slack.clearRequests();
  });
  afterEach(async () => {
    await world.close();
    await server.close();
  });

  /** The workspace allows the Slack app what it needs, for tokens that end: what the connect flow stores of it. */
  async function allow(): Promise<void> {
    const { id, manifest, client_id: clientId, client_secret: clientSecret, signing_secret: signingSecret } = world.slackApp;
    const settings = { ...manifest.settings, token_rotation_enabled: true };
    await server.sandbox.vendors.slack.changeApp(id, { ...manifest, settings });
    const { settings: ours } = world.ports;
    const flow = {
      input: { clientId, clientSecret, signingSecret },
      operator: ours.operator('slack'),
      redirectUri: `${ours.publicUrl}/connect/slack/return`,
    };
    const url = slack.connect.authorizeUrl?.({ ...flow, state: 's1', codeChallenge: '' }) ?? '';
    const code = new URL(await world.slack.allow(url)).searchParams.get('code') ?? '';
    const now = world.clock.now();
    const connected = await slack.connect.exchange?.({ ...flow, code, codeVerifier: '', now }, world.ports.http);
    if (connected === undefined) throw new Error('slack is connected by a redirect');
    await putGrant(world.db, world.vault, world.connection.account, connected.grant, now);
  }

  async function speakers(): Promise<readonly ConversationId[]> {
    const conversations: ConversationId[] = [];
    for (let n = 1; n <= MANY; n += 1) {
      const conversation = await createConversation(world);
      await say(world, conversation, 'Hello');
      conversations.push(conversation);
    }
    return conversations;
  }

  const deliverAll = (conversations: readonly ConversationId[]) => {
    const ports = { ...world.ports, crowd: createCrowd(MANY) };
    const { destination } = world.connection;
    return Promise.all(
      conversations.map((conversation) => {
        const input = { conversation, destination, round: newId<ConversationId>() };
        return attempts(world, (attempt) => deliver(ports, unpaced, input, attemptOf(attempt)));
      }),
    );
  };

  const tokens = async (): Promise<readonly string[]> => {
    const { credentials = {} } = (await readGrant(world.db, world.vault, world.connection.account)) ?? {};
    return [textOf(credentials, 'botToken'), textOf(credentials, 'refreshToken')];
  };

  const renewals = async (): Promise<number> => (await world.slack.requests()).filter(({ path }) => path === TOKENS).length;

  const parked = async () =>
    (await world.db.selectFrom('destinations').select('parked_reason').where('parked_generation', '>', 0).execute()).map(
      ({ parked_reason }) => parked_reason,
    );

  it.each([
    ['that have ended', 13 * HOUR],
    ['that are past half of their life', 7 * HOUR],
  ])('%s are renewed once, however many deliveries meet them, and both new ones are kept', async (_title, age) => {
    const old = await tokens();
    expect(old[0]).toMatch(/^xoxe\.xoxb-/);
    const conversations = await speakers();
    world.clock.advance(age);
    const ends = await deliverAll(conversations);
    expect(ends.filter((end) => end?.summary.startsWith('message 1 → channel C') !== true)).toEqual([]);
    expect(await renewals()).toBe(1);
    const fresh = await tokens();
    expect([...new Set([...old, ...fresh])]).toHaveLength(4);
    // The refresh token that was kept is good for the next time.
    world.clock.advance(13 * HOUR);
    for (const conversation of conversations) await say(world, conversation, 'Still there?');
    await deliverAll(conversations);
    for (const conversation of conversations) expect(await world.seenOf(conversation)).toEqual(['Hello', 'Still there?']);
    expect([await renewals(), await parked()]).toEqual([2, []]);
  });

  it.each([
    ['in its own words', { status: 200, body: { ok: false, error: 'internal_error' } }],
    ['by its status', { status: 503, body: { ok: false, error: 'service_unavailable' } }],
  ])('are asked for again when Slack is out of order and says so %s', async (_how, answer) => {
    const conversation = await createConversation(world);
    await say(world, conversation, 'Hello');
    world.clock.advance(13 * HOUR);
    const { id } = await world.slack.addFault({ kind: 'status', ...answer, path: TOKENS });
    await settle(world, { forMs: HOUR });
    expect((await world.slack.faults()).find((fault) => fault.id === id)?.fired).toBe(1);
    expect(await parked()).toEqual([]);
    expect(await world.seenOf(conversation)).toEqual(['Hello']);
  });

  it('whose renewal is never answered are allowed anew by a person; nothing that waited is lost', async () => {
    const conversation = await createConversation(world);
    await say(world, conversation, 'Hello');
    world.clock.advance(13 * HOUR);
    // Slack has ended the old pair then, and nobody has got the new one.
    const { id } = await world.slack.addFault({ kind: 'lostAnswer', path: TOKENS });
    await settle(world, { forMs: HOUR });
    expect((await world.slack.faults()).find((fault) => fault.id === id)?.fired).toBe(1);
    expect(await parked()).toEqual([
      'Slack no longer renews our access: it was revoked there, or the answer when it was last renewed was lost on its way. Connect the account again.',
    ]);
    await allow();
    await world.db
      .updateTable('destinations')
      .set((eb) => ({ generation: eb('generation', '+', 1) }))
      .execute();
    await settle(world, { forMs: HOUR });
    expect(await world.seenOf(conversation)).toEqual(['Hello']);
  });
});

describe('the secret of a Slack app', () => {
  it.each([
    ['the operator’s, where it was changed since', { clientId: 'A', clientSecret: 'new' }, 'new'],
    ['the one it was connected with, where the operator has another Slack app', { clientId: 'B', clientSecret: 'new' }, 'old'],
  ])('with which tokens are renewed is %s', async (_which, operator, secret) => {
    const sent: string[] = [];
    const http: Http = (request) => {
      if (typeof request.body === 'string') sent.push(request.body);
      return Promise.resolve({ status: 200, headers: {}, text: JSON.stringify({ ok: true, access_token: 'xoxe.xoxb-2' }) });
    };
    const credentials = { botToken: 'xoxe.xoxb-1', refreshToken: 'r', clientId: 'A', clientSecret: 'old' };
    await slack.refresh?.(credentials, { key: 'T1', data: {}, operator }, 0, http);
    expect(sent.map((body) => new URLSearchParams(body).get('client_secret'))).toEqual([secret]);
  });
});
