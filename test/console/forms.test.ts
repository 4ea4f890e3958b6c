import { describe, expect, it } from 'vitest';
import { aConsole, ADMINISTRATOR, openVisitor } from './support/visitor.ts';

describe('a form of the console', () => {
  const { api, ada } = aConsole();
  const names = async () => (await api().db.selectFrom('apps').select('name').execute()).map(({ name }) => name);

  it('needs the token of its session', async () => {
    const refused = await ada().send('/console/apps', { name: 'Forged', csrf: 'anything' });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('This form is from a session that has ended.');
    expect(await names()).not.toContain('Forged');
  });

  it("takes no other session's token", async () => {
    const other = openVisitor(api().url);
    await other.send('/console/sign-in', ADMINISTRATOR);
    const page = await other.look('/console/apps');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    expect((await ada().send('/console/apps', { name: 'Borrowed', csrf })).status).toBe(403);
    expect(await names()).not.toContain('Borrowed');
  });

  it.each([{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }])(
    'is not taken from another site: %o',
    async (headers) => {
      expect((await ada().send('/console/apps', { name: 'Elsewhere' }, headers)).status).toBe(403);
      expect((await openVisitor(api().url).send('/console/sign-in', ADMINISTRATOR, headers)).status).toBe(403);
      expect(await names()).not.toContain('Elsewhere');
    },
  );

  it('is taken with the token from the console itself', async () => {
    await ada().look('/console/apps');
    await ada().send('/console/apps', { name: 'Sound' }, { 'sec-fetch-site': 'same-origin' });
    expect(await names()).toContain('Sound');
  });

  it('refuses what cannot be stored, and says so', async () => {
    const refused = await ada().send('/console/apps', { name: 'nul\0' });
    expect([refused.status, refused.text.includes('without NUL characters')]).toEqual([400, true]);
  });

  it('shows what was typed as text, whatever it is', async () => {
    const page = await ada().submit('/console/apps', { name: '<img src=x onerror=alert(1)>' });
    expect(page.text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page.text).not.toContain('<img src=x');
  });

  it('comes on a page that runs no script but ours', async () => {
    const { headers, text } = await ada().look('/console/apps');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(text).not.toMatch(/<script(?![^>]*src="\/console\/assets\/)|<style| style="| on\w+="/);
  });
});
