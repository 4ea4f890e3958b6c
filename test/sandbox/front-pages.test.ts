import { describe, expect, it } from 'vitest';
import { aSandbox } from './a-sandbox.ts';

describe('the front pages of the sandbox', () => {
  const sandbox = aSandbox();
  const look = async (path: string) => {
    const answer = await fetch(`${sandbox().url}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  const at = new URLSearchParams({ redirectUri: 'http://desk.test/return', hookUrl: 'http://desk.test/hook' }).toString();

  it('lead to the page of each vendor', async () => {
    const { text } = await look('/');
    for (const words of ['/zendesk/acme/agent">Zendesk</a>', '">Slack</a>']) expect(text).toContain(words);
  });

  it.each([
    ['zendesk', ['subdomain', 'clientId', 'clientSecret'], '<code>acme</code>'],
    ['slack', ['clientId', 'clientSecret', 'signingSecret'], ''],
  ])('say what to enter to connect %s', async (name, fields, value) => {
    const { text } = await look(`/connect/${name}?${at}`);
    expect([...text.matchAll(/<dt>(\w+)<\/dt>\s*<dd><code>[^<]+</g)].map(([, field]) => field)).toEqual(fields);
    expect(text).toContain(value);
  });

  it.each(['/connect/zendesk', `/connect/nothing?${at}`, '/connect/zendesk?redirectUri=x&hookUrl=y'])(
    'have nothing at %s',
    async (path) => {
      expect((await look(path)).status).toBe(404);
    },
  );
});
