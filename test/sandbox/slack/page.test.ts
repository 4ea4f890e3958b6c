import { describe, expect, it } from 'vitest';
import { anAppServer } from './hook.ts';
import { aChannel, aSandbox, aWorkspace } from './workspace.ts';

const sandbox = aSandbox();

async function aPage(hook?: string) {
  const workspace = await aWorkspace(sandbox(), hook === undefined ? {} : { hook });
  const { slack } = workspace;
  const idOf = async (name: string) => (await slack.people()).find((member) => member.name === name)?.id ?? '';
  const channel = await aChannel(workspace, 'sk-ann');
  await slack.act({ do: 'join', as: 'Ben', channel });
  const look = async (path = `/${channel}`, as = 'ben') => {
    const answer = await fetch(`${slack.page}${path}`, { headers: { cookie: `sandbox_slack_as=${await idOf(as)}` } });
    return answer.text();
  };
  const press = async (fields: Readonly<Record<string, string>>, as = 'ben', headers = {}) => {
    const cookie = `sandbox_slack_as=${await idOf(as)}`;
    const body = new URLSearchParams(fields);
    return fetch(`${slack.page}/${channel}/act`, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { cookie, accept: 'application/json', ...headers },
    });
  };
  return { ...workspace, channel, look, press };
}

describe('the page of a member', () => {
  it('says that it is a sandbox, and shows who said what, under which name', async () => {
    const { client, channel, look, slack } = await aPage();
    await client.chat.postMessage({
      channel,
      text: 'Where is my *order*?',
      username: 'Ann Lee',
      icon_url: 'https://example.com/ann.png',
    });
    await slack.act({ do: 'post', as: 'Ben', channel, text: 'See #random, @ada' });
    const text = await look();
    expect(text).toContain('Sandbox.');
    expect(text).toMatch(/example\.com\/ann\.png[\s\S]*Ann Lee[\s\S]*APP[\s\S]*Where is my <strong>order<\/strong>\?/);
    expect(text).toMatch(/Ben[\s\S]*See <a class="mention"[^>]*>#random<\/a>, <span class="mention">@Ada Admin<\/span>/);
  });

  it('shows hostile text as text, and links to the web alone', async () => {
    const { client, channel, look } = await aPage();
    const hostile = '<img src=x onerror=alert(1)> <javascript:alert(1)|click> *<b>*';
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: hostile } }];
    await client.chat.postMessage({ channel, text: hostile, username: '<svg onload=x>' });
    await client.chat.postMessage({ channel, text: 'x', blocks });
    const text = await look();
    expect(text).toContain('&lt;img src=x onerror');
    expect(text).not.toMatch(/<img[^>]*onerror|<svg|<b>|href="javascript/);
  });

  it('formats nothing where formatting is switched off, and keeps alive what stands in brackets', async () => {
    const { client, channel, look } = await aPage();
    const text = 'Is *this*\n&gt; `it`, <https://example.com|here>?';
    const { ts = '' } = await client.chat.postMessage({ channel, text, mrkdwn: false });
    const literal =
      /Is \*this\*\s*<br \/>\s*&gt; `it`, <a href="https:\/\/example\.com" target="_blank" rel="noreferrer">here<\/a>\?/;
    expect(await look()).toMatch(literal);
    await client.chat.update({ channel, ts, text: 'Now *that*', parse: 'none' });
    expect(await look()).toContain('Now *that*');
    await client.chat.postMessage({ channel, text, mrkdwn: true });
    expect(await look()).toMatch(/Is <strong>this<\/strong>[\s\S]*<code>it<\/code>/);
  });

  it('shows what hangs below a message: words and fields, formatted where that is said', async () => {
    const { client, channel, look } = await aPage();
    const fields = [{ title: 'Device', value: '*Shop* &lt;b&gt; on iOS', short: true }];
    const attachments = [
      { fallback: 'all of it', fields, mrkdwn_in: [] },
      { fallback: 'how to', text: 'Use `/sk` to reply', mrkdwn_in: ['text' as const] },
      { fallback: 'nothing else <javascript:alert(1)|x>' },
    ];
    await client.chat.postMessage({ channel, text: 'Who it is', attachments });
    const text = await look();
    expect(text).toMatch(/<dt>Device<\/dt>\s*<dd>\*Shop\* &lt;b&gt; on iOS<\/dd>/);
    expect(text).toMatch(/Use <code>\/sk<\/code> to reply[\s\S]*nothing else/);
    expect(text).not.toMatch(/all of it|how to|href="javascript/);
  });

  it('posts what is written, and runs what begins with a slash', async () => {
    const server = await anAppServer({ body: JSON.stringify({ text: 'Sent' }) });
    const { press, look, slack, channel } = await aPage(server.url);
    expect((await press({ text: 'Ordinary talk' })).status).toBe(200);
    expect(server.received).toEqual([]);
    await press({ text: '/sk Hello Ann' });
    expect(new URLSearchParams(server.received[0]?.body).get('text')).toBe('Hello Ann');
    expect((await slack.messages(channel)).at(-1)?.text).toBe('Ordinary talk');
    expect(await look()).toMatch(/Only visible to you[\s\S]*Sent/);
    expect(await look(`/${channel}`, 'ada')).not.toContain('Only visible to you');
  });

  it('answers in threads, where commands do not work', async () => {
    const { press, look, slack, channel } = await aPage();
    await press({ text: 'Root' });
    const ts = (await slack.messages(channel)).at(-1)?.ts ?? '';
    await press({ text: 'In the thread', thread: ts });
    expect(await look()).toContain('1 reply');
    expect(await look(`/${channel}?thread=${ts}`)).toContain('In the thread');
    const refused = await press({ text: '/sk x', thread: ts });
    expect([refused.status, await refused.json()]).toEqual([422, { problem: '/sk is not supported in threads. Sorry!' }]);
  });

  it('archives, opens, leaves and deletes a channel, and says what is not possible', async () => {
    const { press, look, slack } = await aPage();
    await press({ do: 'archive' });
    expect(await look()).toContain('You are viewing an archived channel');
    const refused = await press({ text: 'x' });
    expect(await refused.json()).toEqual({ problem: 'This channel is archived.' });
    await press({ do: 'unarchive' });
    await press({ do: 'leave' });
    expect(await look()).toContain('You are not in this channel');
    await press({ do: 'deleteChannel' }, 'ada');
    expect((await slack.channels()).map(({ name }) => name)).toEqual(['general', 'random']);
    expect(await look()).toContain('There is no such channel');
  });

  it('stays in the channel when one becomes somebody else who sees it, else shows the general one', async () => {
    const { slack, channel } = await aPage();
    const hidden = await slack.act({ do: 'createChannel', as: 'Ada Admin', name: 'secret-plans', private: true });
    const general = (await slack.channels()).find(({ name }) => name === 'general')?.id;
    const chloe = (await slack.people()).find(({ name }) => name === 'chloe')?.id ?? '';
    for (const [from, to] of [
      [channel, channel],
      [hidden.channel, general],
    ]) {
      const body = new URLSearchParams({ as: chloe, channel: from ?? '' });
      const switched = await fetch(`${slack.page}/-/as`, { method: 'POST', body, redirect: 'manual' });
      const cookie = switched.headers.get('set-cookie')?.split(';')[0] ?? '';
      expect(cookie).toContain(chloe);
      const shown = await fetch(switched.headers.get('location') ?? '', { headers: { cookie } });
      expect(shown.url).toBe(`${slack.page}/${to}`);
    }
  });

  it('hides private channels from whoever is not in them', async () => {
    const { slack, look } = await aPage();
    const { channel } = await slack.act({ do: 'createChannel', as: 'Ada Admin', name: 'secret-plans', private: true });
    expect(await look()).not.toContain('secret-plans');
    expect(await look(`/${channel}`)).toContain('There is no such channel');
    expect(await look(`/${channel}`, 'ada')).toContain('secret-plans');
  });

  it('takes nothing from another site', async () => {
    const { press, slack, channel } = await aPage();
    expect((await press({ text: 'x' }, 'ben', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await slack.messages(channel)).filter(({ subtype }) => subtype === null)).toEqual([]);
  });
});
