import { describe, expect, it } from 'vitest';
import { anAppServer, expectedSignature } from './hook.ts';
import { aChannel, aSandbox, aWorkspace } from './workspace.ts';

const sandbox = aSandbox();

async function aCommandWorkspace(...answers: Parameters<typeof anAppServer>) {
  const server = await anAppServer(...answers);
  const workspace = await aWorkspace(sandbox(), { hook: server.url });
  const channel = await aChannel(workspace);
  await workspace.slack.act({ do: 'join', as: 'Ben', channel });
  const sk = (text: string) => workspace.slack.act({ do: 'command', as: 'Ben', channel, text });
  const whispered = async () => (await workspace.slack.ephemerals(channel)).map(({ text }) => text);
  const said = async () =>
    (await workspace.slack.messages(channel)).filter(({ subtype }) => subtype !== 'channel_join').map(({ text }) => text);
  return { ...workspace, server, channel, sk, whispered, said };
}

describe('a slash command', () => {
  it('arrives as a signed form, with what was typed escaped and linked', async () => {
    const { server, sk, channel, app, slack } = await aCommandWorkspace();
    const { command } = await sk('/sk Hi @ben, see #general & https://x.example');
    const [hooked] = await server.requests(1);
    const form = Object.fromEntries(new URLSearchParams(hooked?.body));
    const ben = (await slack.people()).find(({ name }) => name === 'ben');
    const general = (await slack.channels()).find(({ is_general }) => is_general);
    expect(form).toMatchObject({
      command: '/sk',
      channel_id: channel,
      user_id: ben?.id,
      team_id: slack.team,
      trigger_id: command?.trigger_id,
    });
    expect(form['text']).toBe(`Hi <@${ben?.id}>, see <#${general?.id}|general> &amp; <https://x.example>`);
    expect(hooked?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(hooked?.headers['x-slack-signature']).toBe(hooked && expectedSignature(app.signing_secret, hooked));
  });

  it('is answered to whoever typed it, unless to all; nothing said is nothing shown', async () => {
    const { sk, whispered, said } = await aCommandWorkspace(
      { body: 'only you' },
      { body: JSON.stringify({ response_type: 'in_channel', text: 'all of you' }) },
      { body: '' },
      { body: '{}' },
    );
    for (const text of ['/sk one', '/sk two', '/sk three', '/sk four']) await sk(text);
    expect(await whispered()).toEqual(['only you']);
    expect(await said()).toEqual(['/sk two', 'all of you']);
  });

  it('fails after three seconds, and for every answer that is no success; there is no second try', async () => {
    const { server, slack, sk, whispered } = await aCommandWorkspace('hang', { status: 404 }, { status: 503 });
    await slack.set({ answerTimeoutMs: 100 });
    for (const text of ['/sk one', '/sk two', '/sk three']) await sk(text);
    expect(await whispered()).toEqual([
      '`/sk` failed with the error "operation_timeout"',
      '`/sk` failed with the error "http_client_error"',
      '`/sk` failed with the error "http_service_error"',
    ]);
    expect(server.received).toHaveLength(3);
  });

  it('that no app has is not valid', async () => {
    const { sk, whispered } = await aCommandWorkspace();
    await sk('/nope');
    expect(await whispered()).toEqual(['`/nope` is not a valid command.']);
  });

  it('can be lost and doubled by a script', async () => {
    const { server, slack, sk } = await aCommandWorkspace();
    await slack.addFault({ kind: 'lost', path: '/commands/sk' });
    await slack.addFault({ kind: 'duplicate', path: '/commands/sk' });
    expect((await sk('/sk lost')).command?.failure).toBe('operation_timeout');
    expect((await sk('/sk twice')).command?.failure).toBe(null);
    expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
    expect(server.received).toHaveLength(2);
  });
});

const say = (url: string, body: object) =>
  fetch(url, { method: 'POST', body: JSON.stringify(body) }).then((answer) => answer.text());

describe('a response URL', () => {
  it('works five times', async () => {
    const { sk, whispered, said } = await aCommandWorkspace();
    const url = (await sk('/sk x')).command?.response_url ?? '';
    expect(await say(url, { text: 'psst' })).toBe('ok');
    for (const text of ['a', 'b', 'c', 'd']) expect(await say(url, { text, response_type: 'in_channel' })).toBe('ok');
    expect(await say(url, { text: 'e' })).toBe('used_url');
    expect(await whispered()).toEqual(['psst']);
    expect(await said()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('ends after thirty minutes', async () => {
    const { sk } = await aCommandWorkspace();
    const url = (await sk('/sk x')).command?.response_url ?? '';
    sandbox().clock.advance(1_800_000);
    expect(await say(url, { text: 'late' })).toBe('expired_url');
  });
});
