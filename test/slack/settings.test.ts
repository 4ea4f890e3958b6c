import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepOfAccount } from '../../src/db/accounts/accounts.ts';
import { putGrant } from '../../src/db/accounts/grants.ts';
import { json } from '../../src/db/db.ts';
import { BOT_SCOPES } from '../../src/sandbox/slack/oauth/scopes.ts';
import { connectAccount, openThread } from '../api/support/connected-account.ts';
import type { ConnectedAccount } from '../api/support/connected-account.ts';
import { basic, createClient } from '../api/support/client.ts';
import { aConsole } from '../console/support/visitor.ts';
import { startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../engine/support/zendesk-world.ts';

describe('a Slack integration', () => {
  const operator: Record<string, string> = {};
  let server: SandboxServer;
  beforeAll(async () => {
    server = await startSandbox();
    operator['url'] = `${server.url}/slack`;
  });
  afterAll(() => server.close());
  const { api, ada } = aConsole({ operator });
  let integration: ConnectedAccount;
  /** Channels by their names. */
  let ids: Readonly<Record<string, string>>;
  beforeAll(async () => {
    integration = await connectWorkspace();
  });
  beforeEach(async () => {
    await api()
      .db.updateTable('integrations')
      .set({ settings: json({}) })
      .execute();
    await workspace().clearFaults();
    await workspace().set({ generalPosting: 'everyone' });
  });

  const workspace = () => server.sandbox.vendors.slack.workspace('settled');
  const path = () => `/integrations/${integration.integration}/settings`;
  const page = () => `/console/apps/${api().app.appId}${path()}`;
  const saved = async () => (await api.send('GET', path())).at('settings', 'dispatchChannel');
  const choose = (dispatchChannel: unknown) => api.send('PUT', path(), { dispatchChannel });
  const postsIn = async (name: string) => (await workspace().messages(ids[name] ?? '')).map(({ text }) => text);

  describe('has a dispatch channel, which', () => {
    it('is one of the channels that the Slack app is in, by their names; people’s own channels are not among them', async () => {
      const { body } = await api.send('GET', path());
      expect(body).toEqual({
        settings: {},
        fields: [
          {
            name: 'dispatchChannel',
            label: 'Dispatch channel',
            type: 'choice',
            help: expect.stringContaining('in the general channel'),
            choices: [
              { value: ids['general'], label: '#general' },
              { value: ids['support'], label: '#support' },
              { value: ids['sk-team'], label: '#sk-team' },
            ],
          },
        ],
      });
    });

    it('is kept when Slack takes a post there, which says what it is for', async () => {
      expect(await choose(ids['support'])).toMatchObject({
        status: 200,
        body: { settings: { dispatchChannel: ids['support'] } },
      });
      expect(await saved()).toBe(ids['support']);
      expect((await postsIn('support')).at(-1)).toBe('From now on I tell here of new conversations.');
    });

    it('is told nothing when what was chosen before is saved again', async () => {
      await choose(ids['support']);
      const posts = await postsIn('support');
      expect(await choose(ids['support'])).toMatchObject({
        status: 200,
        body: { settings: { dispatchChannel: ids['support'] } },
      });
      const { text } = await ada().submit(page(), { dispatchChannel: ids['support'] ?? '' });
      expect(text).toContain('The settings are saved.');
      expect(await postsIn('support')).toEqual(posts);
      await choose('');
      await choose(ids['support']);
      expect(await postsIn('support')).toHaveLength(posts.length + 1);
    });

    it('is the general one again when none is chosen', async () => {
      await choose(ids['support']);
      expect(await choose('')).toMatchObject({ status: 200, body: { settings: {} } });
    });

    it.each([
      ['does not exist', 'C0NOWHERE00', 'expected a public channel of this workspace, or one that the Slack app was invited to'],
      ['is private, and the Slack app is not in it', 'secret', 'expected a public channel of this workspace'],
      ['is archived', 'old', '#old is archived: expected a channel that is in use'],
      ['takes no posts of apps', 'general', 'Slack takes no post in #general (restricted_action)'],
      ['is no text', 7, 'expected text: Dispatch channel'],
    ])('is refused, and nothing changes, when it %s', async (_why, channel, words) => {
      await choose(ids['support']);
      await workspace().set({ generalPosting: 'admins' });
      const refused = await choose(typeof channel === 'string' ? (ids[channel] ?? channel) : channel);
      expect(refused.status).toBe(400);
      expect(refused.at('error', 'description')).toContain(`dispatchChannel: ${words}`);
      expect(await saved()).toBe(ids['support']);
    });

    it('is refused by another name, which is named', async () => {
      const refused = await api.send('PUT', path(), { dispatchChanel: ids['support'] });
      expect(refused.status).toBe(400);
      expect(refused.at('error', 'description')).toBe('dispatchChanel: there is no such setting; expected dispatchChannel');
    });

    it('is not another app’s to choose', async () => {
      const other = createClient(`${api().url}/v1.1`, basic(api().otherApp));
      expect((await other('GET', path())).status).toBe(404);
      expect((await other('PUT', path(), { dispatchChannel: ids['support'] })).status).toBe(404);
    });

    it('stays as it was when Slack does not answer', async () => {
      await choose(ids['support']);
      const fault = await workspace().addFault({ kind: 'status', status: 503, times: 100 });
      const refused = await choose(ids['general']);
      expect([refused.status, refused.at('error', 'description')]).toEqual([503, 'Slack answers 503 to conversations.info']);
      expect((await workspace().faults()).find(({ id }) => id === fault.id)?.fired).toBe(1);
      await workspace().clearFaults();
      expect(await saved()).toBe(ids['support']);
    });
  });

  describe('has a dispatch channel, which in the console', () => {
    it('is chosen from a list of names', async () => {
      const shown = await ada().look(page());
      expect(optionsOf(shown.text)).toEqual([
        ['–', '', false],
        ['#general', ids['general'], false],
        ['#support', ids['support'], false],
        ['#sk-team', ids['sk-team'], false],
      ]);
      expect((await ada().submit(page(), { dispatchChannel: ids['support'] ?? '' })).text).toContain('The settings are saved.');
      expect(await saved()).toBe(ids['support']);
      expect(optionsOf((await ada().look(page())).text)).toContainEqual(['#support', ids['support'], true]);
    });

    it('stands on the integration’s page', async () => {
      expect(await told()).toBe('none chosen');
      await choose(ids['support']);
      expect(await told()).toBe(ids['support']);
    });

    it('is refused beside the field, with what was chosen still there', async () => {
      await workspace().set({ generalPosting: 'admins' });
      const refused = await ada().send(page(), { dispatchChannel: ids['general'] ?? '' });
      expect(refused.status).toBe(400);
      expect(refused.text).toMatch(/id="field-dispatchChannel-problem" role="alert">Slack takes no post in #general/);
      expect(optionsOf(refused.text)).toContainEqual(['#general', ids['general'], true]);
    });

    it('stays chosen while Slack cannot say what else there is', async () => {
      await choose(ids['support']);
      await workspace().addFault({ kind: 'status', status: 503, times: 100 });
      const shown = await ada().look(page());
      expect(shown.text).toContain('The account could not be asked what there is to choose: Slack answers 503');
      expect(optionsOf(shown.text)).toEqual([
        ['–', '', false],
        [`${ids['support']} (chosen before)`, ids['support'], true],
      ]);
    });
  });

  describe('shows in the console', () => {
    it('each person’s channel by its name, with a link that opens it in Slack', async () => {
      await api.send('POST', '/appusers', { userId: 'ann' });
      const remoteId = ids['sk-ann-lee-k3f7'] ?? '';
      await openThread(api(), integration, { user: 'ann', remoteId });
      await api()
        .db.updateTable('threads')
        .set({ data: json({ name: 'sk-ann-lee-k3f7' }) })
        .execute();
      const link = linkIn((await ada().look(shown())).text);
      expect(link).toBe(`${server.url}/slack/app_redirect?team=${workspace().team}&channel=${remoteId}`);
      const opened = await fetch(link, { headers: { cookie: `sandbox_slack_as=${await idOf('Ada Admin')}` } });
      expect(await opened.text()).toContain('sk-ann-lee-k3f7 · Settled');
    });

    it('what is not as it should be there, and what a repair would do', async () => {
      expect(await compare()).toContain('All is as it should be.');
      const old = { id: ids['old'] ?? '', name: 'old' };
      await keepOfAccount(api().db, api().vault, integration.account, { dispatch: old }, {});
      expect(await compare()).toContain('find the channel to tell of new conversations in');
    });
  });

  const shown = () => `/console/apps/${api().app.appId}/integrations/${integration.integration}`;
  const told = async () => /Dispatch channel<\/dt>\s*<dd>([^<]+)</.exec((await ada().look(shown())).text)?.[1];
  const compare = async () => (await ada().look(`${shown()}/check`)).text;
  const idOf = async (name: string) => (await workspace().people()).find(({ real_name }) => real_name === name)?.id ?? '';

  /** A workspace that is connected, with channels of all kinds. */
  async function connectWorkspace(): Promise<ConnectedAccount> {
    const { slack } = server.sandbox.vendors;
    await slack.seed({ domain: 'settled' });
    const control = workspace();
    await control.set({ rateLimits: false });
    const app = await slack.createApp({
      display_information: { name: 'Deskbridge' },
      features: { bot_user: { display_name: 'deskbridge' } },
      oauth_config: { scopes: { bot: [...BOT_SCOPES] } },
    });
    const botToken = await control.install(app.id, BOT_SCOPES);
    const bot = (await control.installation(app.id))?.bot_user_id ?? '';
    const make = async (name: string, does: { readonly private?: boolean; readonly invites?: boolean } = {}) => {
      const { channel } = await control.act({ as: 'Ada Admin', do: 'createChannel', name, private: does.private ?? false });
      if (does.invites === true) await control.act({ as: 'Ada Admin', do: 'invite', channel: channel ?? '', member: bot });
    };
    for (const name of ['support', 'sk-team', 'sk-ann-lee-k3f7', 'old']) await make(name, { invites: true });
    await make('secret', { private: true });
    await control.act({ as: 'Ada Admin', do: 'archive', channel: 'old' });
    ids = Object.fromEntries((await control.channels()).map(({ id, name }) => [name, id]));
    const connected = await connectAccount(api(), { key: control.team, system: 'slack' });
    const { db, vault, clock } = api();
    await putGrant(db, vault, connected.account, { credentials: { botToken } }, clock.now());
    await keepOfAccount(db, vault, connected.account, { dispatch: { id: ids['general'] ?? '', name: 'general' } }, {});
    return connected;
  }
});

/** What can be chosen: words, value, and whether it is. */
const optionsOf = (text: string) =>
  [...text.matchAll(/<option value="([^"]*)"\s*(selected)?\s*>([^<]*)</g)].map(([, value, selected, label]) => [
    label,
    value,
    selected !== undefined,
  ]);

const linkIn = (text: string): string =>
  /<a href="([^"]*)"[^>]*>#sk-ann-lee-k3f7 ↗/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
