import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/domain/time.ts';
import type { TestSandbox } from '../start-sandbox.ts';
import { aClient, aManifest, anEmptyWorkspace, aSandbox, aWorkspace, errorOf, SCOPES } from './workspace.ts';

const sandbox = aSandbox();
const BACK = 'http://127.0.0.1:9/connect';

async function anApp(settings = {}, optional: readonly string[] = []) {
  return { slack: await anEmptyWorkspace(sandbox()), app: await sandbox().slack.createApp(aManifest({ settings, optional })) };
}

function authorizeUrl(running: TestSandbox, client_id: string, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ client_id, scope: SCOPES.join(','), state: 'st', redirect_uri: BACK, ...more });
  return `${running.url}/slack/oauth/v2/authorize?${query.toString()}`;
}

async function codeFor({ slack, app }: Awaited<ReturnType<typeof anApp>>, more = {}): Promise<string> {
  const back = new URL(await slack.allow(authorizeUrl(sandbox(), app.client_id, more)));
  expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([BACK, 'st']);
  return back.searchParams.get('code') ?? '';
}

const exchange = (
  { client_id, client_secret }: { client_id: string; client_secret: string },
  code: string,
  redirect_uri = BACK,
) => aClient(sandbox()).oauth.v2.access({ client_id, client_secret, code, redirect_uri });

const refresh = ({ client_id, client_secret }: { client_id: string; client_secret: string }, refresh_token = '') =>
  aClient(sandbox()).oauth.v2.access({ client_id, client_secret, grant_type: 'refresh_token', refresh_token });

describe('installing an app', () => {
  it('leads over a page of consent to a code, and with it to a token', async () => {
    const made = await anApp();
    const access = await exchange(made.app, await codeFor(made));
    expect(access).toMatchObject({
      token_type: 'bot',
      team: { id: made.slack.team },
      enterprise: null,
      scope: SCOPES.toSorted().join(','),
    });
    const ada = (await made.slack.people())[0];
    expect(access.authed_user?.id).toBe(ada?.id);
    expect((await aClient(sandbox(), access.access_token).auth.test()).user_id).toBe(access.bot_user_id);
  });

  it('shows what is asked for, and sends whoever cancels back with the reason', async () => {
    const { app, slack } = await anApp();
    const address = authorizeUrl(sandbox(), app.client_id, { team: slack.team });
    expect(await (await fetch(address)).text()).toMatch(
      /Deskbridge is requesting permission[\s\S]*channels:manage[\s\S]*Ada Admin/,
    );
    const body = new URLSearchParams({ ...Object.fromEntries(new URL(address).searchParams), decision: 'deny' });
    const answer = await fetch(address, { method: 'POST', body, redirect: 'manual' });
    expect(answer.headers.get('location')).toBe(`${BACK}?error=access_denied&state=st`);
  });

  it.each([
    ['client_id', { client_id: '1.2' }],
    ['redirect_uri', { redirect_uri: 'http://127.0.0.1:9/elsewhere' }],
    ['permissions', { scope: 'no:such' }],
  ])('refuses a wrong %s on the page, and sends nobody anywhere', async (name, wrong) => {
    const { app } = await anApp();
    const answer = await fetch(authorizeUrl(sandbox(), app.client_id, wrong), { redirect: 'manual' });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(name)]);
  });

  it('goes back to an address below a configured one', async () => {
    const { app, slack } = await anApp();
    const back = await slack.allow(authorizeUrl(sandbox(), app.client_id, { redirect_uri: `${BACK}/below` }));
    expect(back).toContain(`${BACK}/below?code=`);
  });

  it('takes a code once, within ten minutes, from its own client and address', async () => {
    const made = await anApp();
    const code = await codeFor(made);
    expect(await errorOf(exchange({ ...made.app, client_secret: 'x' }, code))).toBe('bad_client_secret');
    expect(await errorOf(exchange({ ...made.app, client_id: 'x' }, code))).toBe('invalid_client_id');
    expect(await errorOf(exchange(made.app, code, `${BACK}/other`))).toBe('bad_redirect_uri');
    expect(await errorOf(exchange((await anApp()).app, code))).toBe('invalid_code');
    await exchange(made.app, code);
    expect(await errorOf(exchange(made.app, code))).toBe('code_already_used');
    const late = await codeFor(made);
    sandbox().clock.advance(10 * MINUTE);
    expect(await errorOf(exchange(made.app, late))).toBe('invalid_code');
  });

  it('grants fewer scopes when optional ones are declined', async () => {
    const made = await anApp({}, ['files:read']);
    await made.slack.set({ declinedScopes: ['files:read'] });
    const { scope } = await exchange(made.app, await codeFor(made));
    expect(scope?.split(',')).not.toContain('files:read');
    expect(scope?.split(',')).toContain('files:write');
  });

  it('adds to what an installed app may do, with the same token and bot', async () => {
    const made = await anApp();
    const first = await exchange(made.app, await codeFor(made, { scope: 'chat:write' }));
    const second = await exchange(made.app, await codeFor(made, { scope: 'team:read' }));
    expect(second).toMatchObject({
      access_token: first.access_token,
      bot_user_id: first.bot_user_id,
      scope: 'chat:write,team:read',
    });
  });
});

describe('token rotation', () => {
  it('hands out tokens for twelve hours, and refresh tokens for one use', async () => {
    const made = await anApp({ token_rotation_enabled: true });
    const first = await exchange(made.app, await codeFor(made));
    expect(first.access_token).toMatch(/^xoxe\.xoxb-/);
    expect(first.expires_in).toBe(43_200);
    const second = await refresh(made.app, first.refresh_token);
    expect(await errorOf(refresh(made.app, first.refresh_token))).toBe('invalid_refresh_token');
    sandbox().clock.advance(43_200_000);
    expect(await errorOf(aClient(sandbox(), second.access_token).auth.test())).toBe('token_expired');
    expect(await errorOf(refresh(made.app, second.refresh_token))).toBe('ok');
  });

  it('lets two tokens live; a third ends the oldest', async () => {
    const made = await anApp({ token_rotation_enabled: true });
    const first = await exchange(made.app, await codeFor(made));
    const second = await refresh(made.app, first.refresh_token);
    expect(await errorOf(aClient(sandbox(), first.access_token).auth.test())).toBe('ok');
    await refresh(made.app, second.refresh_token);
    expect(await errorOf(aClient(sandbox(), first.access_token).auth.test())).toBe('token_revoked');
    expect(await errorOf(aClient(sandbox(), second.access_token).auth.test())).toBe('ok');
  });
});

describe('leaving', () => {
  it('ends the token when it is revoked, and the account when the app is removed', async () => {
    const revoked = await aWorkspace(sandbox());
    expect(await revoked.client.auth.revoke()).toMatchObject({ revoked: true });
    expect(await errorOf(revoked.client.auth.test())).toBe('token_revoked');
    const removed = await aWorkspace(sandbox());
    const { client_id, client_secret } = removed.app;
    expect(await errorOf(removed.client.apps.uninstall({ client_id, client_secret: 'x' }))).toBe('bad_client_secret');
    await removed.client.apps.uninstall({ client_id, client_secret });
    expect(await errorOf(removed.client.auth.test())).toBe('account_inactive');
  });

  it('takes the app out of its channels; installed again it is the same bot with a new token', async () => {
    const { slack, app, client, token } = await aWorkspace(sandbox());
    const { channel } = await client.conversations.create({ name: 'kept' });
    const before = await slack.installation(app.id);
    await slack.uninstall(app.id);
    const again = await slack.install(app.id, SCOPES);
    expect(again).not.toBe(token);
    expect((await slack.installation(app.id))?.bot_user_id).toBe(before?.bot_user_id);
    const history = aClient(sandbox(), again).conversations.history({ channel: channel?.id ?? '' });
    expect(await errorOf(history)).toBe('not_in_channel');
  });
});
