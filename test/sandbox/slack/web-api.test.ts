import { describe, expect, it } from 'vitest';
import type { SlackControl } from '../../../src/sandbox/slack/control/control.ts';
import { aChannel, aClient, aSandbox, aWorkspace, errorOf } from './workspace.ts';

const sandbox = aSandbox();

const generalOf = async (slack: SlackControl) => (await slack.channels()).find(({ is_general }) => is_general)?.id;

describe('the Web API, asked by the real client', () => {
  it('says who a token is', async () => {
    const { client, app, slack } = await aWorkspace(sandbox());
    expect(await client.auth.test()).toMatchObject({ ok: true, team_id: slack.team, user: 'deskbridge', app_id: app.id });
  });

  it('opens a channel, posts into it under a user’s name, and reads it back with its metadata', async () => {
    const workspace = await aWorkspace(sandbox());
    const { client } = workspace;
    const channel = await aChannel(workspace, 'sk-ann-lee-k3f9q2');
    const metadata = { event_type: 'delivery', event_payload: { key: 'k1' } };
    const icon_url = 'https://example.com/ann.png';
    const posted = await client.chat.postMessage({ channel, text: 'Hi & <b>', username: 'Ann Lee', icon_url, metadata });
    const { messages } = await client.conversations.history({ channel, include_all_metadata: true });
    expect(messages?.[0]).toMatchObject({
      ts: posted.ts,
      subtype: 'bot_message',
      username: 'Ann Lee',
      text: 'Hi &amp; &lt;b&gt;',
      metadata,
    });
    expect((await client.conversations.history({ channel })).messages?.[0]).not.toHaveProperty('metadata');
    expect(await workspace.slack.messages(channel)).toMatchObject([{ by: 'Ann Lee', pings: [] }]);
  });

  describe('makes links of what looks like one', () => {
    const text = 'See https://example.com/a. *Ask* @ben in #general: <!here>';
    it.each([
      ['addresses alone', {}, 'See <https://example.com/a>. *Ask* @ben in #general: <!here>', true],
      [
        'nothing, where it is not to parse',
        { parse: 'none' },
        'See https://example.com/a. *Ask* @ben in #general: <!here>',
        true,
      ],
      [
        'names, where these are asked for',
        { parse: 'none', link_names: true },
        'See https://example.com/a. *Ask* <@BEN> in <#C>: <!here>',
        true,
      ],
      [
        'all, as if typed, where it is to parse in full',
        { parse: 'full' },
        'See <https://example.com/a>. *Ask* <@BEN> in <#C>: &lt;!here&gt;',
        false,
      ],
      ['nothing new in an escaped bracket', { text: '&lt;https://example.com&gt;' }, '&lt;<https://example.com>&gt;', true],
    ] as const)('%s', async (_what, args, stored, mrkdwn) => {
      const workspace = await aWorkspace(sandbox());
      const { client, slack } = workspace;
      const channel = await aChannel(workspace);
      const ben = (await slack.people()).find(({ name }) => name === 'ben')?.id ?? '';
      const said = stored.replace('BEN', ben).replace('<#C>', `<#${(await generalOf(slack)) ?? ''}|general>`);
      const { ts = '' } = await client.chat.postMessage({ channel, text, ...args });
      expect(await slack.messages(channel)).toMatchObject([{ text: said, mrkdwn }]);
      await client.chat.update({ channel, ts, text: 'x' });
      await client.chat.update({ channel, ts, text, ...args });
      expect(await slack.messages(channel)).toMatchObject([{ text: said, mrkdwn }]);
    });

    it('and refuses another way to parse', async () => {
      const workspace = await aWorkspace(sandbox());
      const channel = await aChannel(workspace);
      expect(await errorOf(workspace.client.apiCall('chat.postMessage', { channel, text, parse: 'all' }))).toBe(
        'invalid_arguments',
      );
    });
  });

  it('keeps threads apart from the channel, and counts their answers', async () => {
    const workspace = await aWorkspace(sandbox());
    const { client } = workspace;
    const channel = await aChannel(workspace);
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'root' });
    await client.chat.postMessage({ channel, text: 'answer', thread_ts: ts });
    expect((await client.conversations.history({ channel })).messages).toMatchObject([{ text: 'root', reply_count: 1 }]);
    const { messages } = await client.conversations.replies({ channel, ts });
    expect(messages?.map(({ text }) => text)).toEqual(['root', 'answer']);
  });

  it('changes and deletes only what is one’s own', async () => {
    const workspace = await aWorkspace(sandbox());
    const { client, slack } = workspace;
    const channel = await aChannel(workspace);
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'one' });
    await client.chat.update({ channel, ts, text: 'two' });
    expect((await slack.messages(channel))[0]).toMatchObject({ text: 'two' });
    await slack.act({ do: 'join', as: 'Ben', channel });
    const said = await slack.act({ do: 'post', as: 'Ben', channel, text: 'mine' });
    expect(await errorOf(client.chat.update({ channel, ts: said.ts ?? '', text: 'x' }))).toBe('cant_update_message');
    expect(await errorOf(client.chat.delete({ channel, ts: said.ts ?? '' }))).toBe('cant_delete_message');
    await client.chat.delete({ channel, ts });
    expect(await errorOf(client.chat.delete({ channel, ts }))).toBe('message_not_found');
  });

  it('tells of members, with their addresses for those who may know them', async () => {
    const { client, slack } = await aWorkspace(sandbox());
    const ben = (await slack.people()).find(({ name }) => name === 'ben');
    const { user } = await client.users.info({ user: ben?.id ?? '' });
    expect(user?.profile).toMatchObject({ real_name: 'Ben', email: ben?.email });
    expect((await client.users.lookupByEmail({ email: ben?.email ?? '' })).user?.id).toBe(ben?.id);
    const shy = await aWorkspace(sandbox(), { scopes: ['users:read'] });
    const { members } = await shy.client.users.list({});
    expect(members?.map(({ profile }) => profile?.email)).toEqual(Array.from({ length: members?.length ?? 0 }, () => undefined));
    expect(await errorOf(client.users.info({ user: 'U0' }))).toBe('user_not_found');
  });

  it('takes forms and JSON, the token in the header or in the form', async () => {
    const { token } = await aWorkspace(sandbox());
    const api = `${sandbox().url}/slack/api/auth.test`;
    const form = await fetch(api, { method: 'POST', body: new URLSearchParams({ token }) });
    expect(await form.json()).toMatchObject({ ok: true });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    expect(await (await fetch(api, { method: 'POST', headers, body: '{}' })).json()).toMatchObject({
      ok: true,
      warning: 'missing_charset',
    });
    expect(await (await fetch(api, { method: 'POST', headers, body: '{' })).json()).toMatchObject({ error: 'invalid_json' });
    const inside = await fetch(api, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    expect(await inside.json()).toMatchObject({ ok: false, error: 'not_authed' });
  });

  it('answers 200 with an error for whatever is wrong with a call', async () => {
    const { client, token } = await aWorkspace(sandbox(), { scopes: ['chat:write'] });
    expect(await errorOf(aClient(sandbox()).auth.test())).toBe('not_authed');
    expect(await errorOf(aClient(sandbox(), 'xoxb-1-2-3').auth.test())).toBe('invalid_auth');
    expect(await errorOf(client.apiCall('no.such.method'))).toBe('unknown_method');
    expect(await errorOf(client.conversations.create({ name: 'x' }))).toBe('missing_scope');
    expect(await errorOf(client.apiCall('chat.update', { channel: 'C1' }))).toBe('invalid_arguments');
    const answer = await fetch(`${sandbox().url}/slack/api/users.info?user=U1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await answer.json()).toMatchObject({ error: 'missing_scope', needed: 'users:read', provided: 'chat:write' });
    expect(answer.headers.get('x-oauth-scopes')).toBe('chat:write');
  });
});
