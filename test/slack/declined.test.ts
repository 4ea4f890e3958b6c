import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slack } from '../../activities/slack/index.ts';
import { anApi } from '../api/support/an-api.ts';
import { openBrowser } from '../connect/support/browser.ts';
import { makeItSo } from '../engine/support/make-it-so.ts';
import { startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../engine/support/zendesk-world.ts';
import { manifestFor } from './support/slack-world.ts';

describe('a right that was declined', () => {
  const operator: Record<string, string> = {};
  let server: SandboxServer;
  beforeAll(async () => {
    server = await startSandbox();
    operator['url'] = `${server.url}/slack`;
    await server.sandbox.vendors.slack.seed({ domain: 'declines' });
    await workspace().set({ rateLimits: false });
  });
  afterAll(() => server.close());
  const api = anApi({ operator });
  const workspace = () => server.sandbox.vendors.slack.workspace('declines');

  /** Connects the workspace in a browser, all but these rights allowed. @returns the integration as it is shown after that. */
  async function connect(declinedScopes: readonly string[], app: SlackApp) {
    await workspace().uninstall(app.id);
    await workspace().set({ declinedScopes: [...declinedScopes] });
    const { client_id: clientId, client_secret: clientSecret, signing_secret: signingSecret } = app;
    const created = await api.send('POST', '/integrations', { type: 'slack', clientId, clientSecret, signingSecret });
    const browser = openBrowser();
    const start = await browser.visit(created.at('integration', 'connectUrl'));
    const back = await workspace().allow(start.location);
    expect((await browser.visit(back)).text).toContain('is connected to Demo');
    await makeItSo(api().ports, slack, workspace().team);
    return (await api.send('GET', `/integrations/${created.at('integration', '_id')}`)).body;
  }

  it('is told where the integration is shown, with what is worse without it, until it is granted', async () => {
    const app = await server.sandbox.vendors.slack.createApp(manifestFor(api().url));
    expect(await connect(['users:read', 'files:write'], app)).toMatchObject({
      integration: {
        status: 'connected',
        notices: [
          'The right users:read was not granted: agents are shown under their Slack user names. Connect the workspace again to grant it.',
          'The right files:write was not granted: files and images appear as links. Connect the workspace again to grant it.',
        ],
      },
    });
    api().clock.advance(60_000);
    const granted = await connect([], app);
    expect(granted).toMatchObject({ integration: { status: 'connected' } });
    expect(granted).not.toHaveProperty('integration.notices');
  });
});

type SlackApp = Awaited<ReturnType<SandboxServer['sandbox']['vendors']['slack']['createApp']>>;
