import { beforeEach, describe, expect, it } from 'vitest';
import type { Connected } from '../../activities/connect.ts';
import { slack } from '../../activities/slack/index.ts';
import { lacking } from '../../activities/slack/scopes.ts';
import { ConnectRefused, CredentialsRevoked } from '../../activities/system-error.ts';
import { storeConnected } from '../../src/db/integrations/connect.ts';
import { newId } from '../../src/db/new-id.ts';
import type { IntegrationId } from '../../src/domain/ids.ts';
import { makeItSo } from '../engine/support/make-it-so.ts';
import { createConversation, say, settle } from '../engine/support/world.ts';
import { slackWorlds } from './support/slack-world.ts';
import type { SlackWorld } from './support/slack-world.ts';

describe('connecting a Slack workspace', () => {
  const newWorld = slackWorlds();
  let world: SlackWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  const operator = () => world.ports.settings.operator('slack');
  const redirectUri = () => `${world.ports.settings.publicUrl}/connect/slack/return`;
  const input = () => ({
    clientId: world.slackApp.client_id,
    clientSecret: world.slackApp.client_secret,
    signingSecret: world.slackApp.signing_secret,
  });

  /** What a person does in a browser. @returns where the browser is sent. */
  async function allow(): Promise<URL> {
    const request = { input: input(), operator: operator(), redirectUri: redirectUri(), state: 's1', codeChallenge: '' };
    return new URL(await world.slack.allow(slack.connect.authorizeUrl?.(request) ?? ''));
  }

  async function exchange(code: string, change: Readonly<Record<string, string>> = {}): Promise<Connected> {
    const back = {
      input: { ...input(), ...change },
      operator: operator(),
      redirectUri: redirectUri(),
      code,
      codeVerifier: '',
      now: world.clock.now(),
    };
    const connected = await slack.connect.exchange?.(back, world.ports.http);
    if (connected === undefined) throw new Error('slack is connected by a redirect');
    return connected;
  }

  async function connect(): Promise<void> {
    const connected = await exchange((await allow()).searchParams.get('code') ?? '');
    const integration = newId<IntegrationId>();
    await world.db
      .transaction()
      .execute((tx) =>
        storeConnected(tx, world.vault, { app: world.app, system: slack, connected, integration, now: world.clock.now() }),
      );
  }

  const status = async () => await world.db.selectFrom('integrations').select(['status', 'problem']).executeTakeFirstOrThrow();

  const made = async (): Promise<readonly string[]> => (await makeItSo(world.ports, slack, world.slack.team)).steps;
  const postsIn = async (channel: string) => (await world.posted(channel)).map(({ text }) => text);

  it('brings a grant, the installer and the rights back', async () => {
    const back = await allow();
    expect(back.searchParams.get('state')).toBe('s1');
    const connected = await exchange(back.searchParams.get('code') ?? '');
    expect(connected).toMatchObject({
      accountKey: world.slack.team,
      grant: { credentials: { botToken: expect.stringMatching(/^xoxb-/) } },
      secrets: { signingSecret: world.slackApp.signing_secret },
    });
  });

  it.each([
    ['a code that was made up', 'made-up', {}, /was used or has expired/],
    ['a wrong secret', undefined, { clientSecret: 'wrong' }, /client secret is wrong/],
  ])('is refused with %s', async (_what, code, change, words) => {
    const given = code ?? (await allow()).searchParams.get('code') ?? '';
    await expect(exchange(given, change)).rejects.toThrow(ConnectRefused);
    await expect(exchange(given, change)).rejects.toThrow(words);
  });

  it('says at once that a Slack app is needed, where there is none', () => {
    const request = { input: {}, operator: {}, redirectUri: '', state: '', codeChallenge: '' };
    expect(() => slack.connect.authorizeUrl?.(request)).toThrow(/manifest in docs\/slack.md/);
  });

  it('counts only after a test post has arrived in the general channel, and each time anew', async () => {
    await connect();
    expect((await status()).status).toBe('connecting');
    expect(await made()).toEqual(['post a test message in #general']);
    expect(await postsIn('general')).toEqual([expect.stringContaining('Deskbridge is connected')]);
    expect((await status()).status).toBe('connected');
    expect(await made()).toEqual([]);
    world.clock.advance(60_000);
    await connect();
    await made();
    expect(await postsIn('general')).toHaveLength(2);
  });

  it('says in the test post what is worse without a right that was declined', async () => {
    await world.slack.uninstall(world.slackApp.id);
    await world.slack.set({ declinedScopes: ['files:write', 'chat:write.customize'] });
    await connect();
    await made();
    const [post] = await postsIn('general');
    expect(post).toContain(
      'The right files:write was not granted: files and images appear as links. Connect the workspace again to grant it.',
    );
    expect(post).toContain('The right chat:write.customize was not granted');
  });

  it('is refused when a right was declined that nothing works without', () => {
    const missing = lacking(new Set(['commands', 'chat:write', 'channels:manage', 'channels:read']));
    expect(missing).toEqual(['channels:history']);
  });

  it('posts the test once, also when the answer was lost', async () => {
    await connect();
    await world.slack.addFault({ kind: 'lostAnswer', path: '/chat.postMessage' });
    await expect(made()).rejects.toThrow('chat.postMessage');
    world.clock.advance(60_000);
    await made();
    expect(await postsIn('general')).toHaveLength(1);
    expect((await status()).status).toBe('connected');
  });

  it('makes a channel of its own where the general one takes no posts', async () => {
    await connect();
    await world.slack.set({ generalPosting: 'admins' });
    expect(await made()).toEqual(['post a test message in #general', 'post a test message in #sk-dispatch']);
    expect(await postsIn('general')).toEqual([]);
    const conversation = await createConversation(world);
    await say(world, conversation, 'Hello');
    await settle(world);
    expect((await postsIn('sk-dispatch')).at(-1)).toContain('started a conversation');
  });

  it('goes on in the channels that were there when it is connected again', async () => {
    const conversation = await createConversation(world);
    await say(world, conversation, 'Hello');
    await settle(world);
    await world.slack.uninstall(world.slackApp.id);
    await say(world, conversation, 'Anybody?');
    await settle(world, { forMs: 600_000 });
    await connect();
    await made();
    await settle(world);
    expect(await world.channelsOf(conversation)).toHaveLength(1);
    expect(await world.seenOf(conversation)).toEqual(['Hello', 'Anybody?']);
  });

  it('ends with the token, which is given back', async () => {
    await connect();
    await made();
    await world.db.updateTable('integrations').set({ status: 'removing' }).execute();
    await made();
    expect((await status()).status).toBe('removed');
    expect(await world.db.selectFrom('grants').selectAll().execute()).toEqual([]);
  });

  it('says that access is gone when it was revoked', async () => {
    await connect();
    await world.slack.revoke(world.slackApp.id);
    await expect(made()).rejects.toThrow(CredentialsRevoked);
    expect((await status()).problem).toContain('Connect the account again');
  });
});
