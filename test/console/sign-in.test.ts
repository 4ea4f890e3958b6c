import { describe, expect, it } from 'vitest';
import { ensureFirstAdministrator, keepAdministrator, listAdministrators } from '../../src/db/console/administrators.ts';
import { createSignInLink } from '../../src/db/console/sign-in-links.ts';
import { DAY } from '../../src/domain/time.ts';
import { hashToken } from '../../src/secrets.ts';
import { anApi } from '../api/support/an-api.ts';
import { aConsole, ADMINISTRATOR, cheapHash, openVisitor } from './support/visitor.ts';

describe('signing in to the console', () => {
  const { api } = aConsole();
  const stranger = () => openVisitor(api().url);

  it('is asked of whoever has no session, who then finds what they came for', async () => {
    const visitor = stranger();
    const asked = await visitor.look('/console/audit?before=7');
    expect(asked.status).toBe(303);
    const form = await visitor.look(asked.location);
    expect(form.text).toContain('name="to" value="/console/audit?before=7"');
    const entered = await visitor.send('/console/sign-in', { ...ADMINISTRATOR, to: '/console/audit?before=7' });
    expect(entered.location).toBe('/console/audit?before=7');
    expect((await visitor.look('/console/audit')).text).toContain('signed in');
  });

  it.each(['https://evil.example', '//evil.example/console', '/v1.1/integrations', '/console/../v1.1', '/console\\@evil'])(
    'leads to no other place than the console: %s',
    async (to) => {
      expect((await stranger().send('/console/sign-in', { ...ADMINISTRATOR, to })).location).toBe('/console/apps');
    },
  );

  it('sets a cookie that scripts and other sites do not get, and stores its hash alone', async () => {
    const visitor = stranger();
    await visitor.send('/console/sign-in', ADMINISTRATOR);
    const [cookie = ''] = visitor.cookies;
    expect(cookie).toMatch(/; Path=\/console; .*HttpOnly; SameSite=Lax$/);
    const token = /=([^;]+)/.exec(cookie)?.[1] ?? '';
    const sessions = await api().db.selectFrom('console_sessions').selectAll().execute();
    expect(sessions.map(({ hash }) => hash)).toContain(hashToken(token));
    expect(JSON.stringify(sessions)).not.toContain(token);
  });

  it('does not tell whether the address or the password is wrong', async () => {
    const [wrong, unknown] = [
      await stranger().send('/console/sign-in', { ...ADMINISTRATOR, password: 'wrong' }),
      await stranger().send('/console/sign-in', { email: 'bob@example.com', password: 'wrong' }),
    ];
    expect([wrong.status, unknown.status]).toEqual([403, 403]);
    expect(unknown.text.replace('bob@', 'ada@')).toBe(wrong.text);
    expect(wrong.text).toContain('The e-mail address or the password is wrong.');
  });

  it('is refused after ten wrong passwords for an address, also with the right one', async () => {
    const { db, clock } = api();
    const eve = { email: 'eve@example.com', password: 'her own password' };
    await keepAdministrator(db, { email: eve.email, password: await cheapHash(eve.password), now: clock.now() });
    for (let tried = 0; tried < 10; tried += 1) {
      expect((await stranger().send('/console/sign-in', { ...eve, password: `guess ${tried}` })).status).toBe(403);
    }
    expect((await stranger().send('/console/sign-in', eve)).status).toBe(429);
    expect((await stranger().send('/console/sign-in', ADMINISTRATOR)).status).toBe(303);
  });

  it('lasts a week after the last visit, and not longer', async () => {
    const visitor = stranger();
    await visitor.send('/console/sign-in', ADMINISTRATOR);
    api().clock.advance(6 * DAY);
    expect((await visitor.look('/console/apps')).status).toBe(200);
    api().clock.advance(6 * DAY);
    expect((await visitor.look('/console/apps')).status).toBe(200);
    api().clock.advance(7 * DAY);
    expect((await visitor.look('/console/apps')).location).toContain('/console/sign-in');
  });

  it('ends with signing out, on the server too', async () => {
    const visitor = stranger();
    await visitor.send('/console/sign-in', ADMINISTRATOR);
    await visitor.look('/console/apps');
    const [cookie = ''] = visitor.cookies;
    expect((await visitor.send('/console/sign-out')).location).toBe('/console/sign-in');
    const thief = await stranger().look('/console/apps', { cookie: cookie.split(';')[0] ?? '' });
    expect(thief.location).toContain('/console/sign-in');
  });
});

describe('a one-time link', () => {
  const api = anApi();
  const link = async (createdBy?: string) => {
    const { db, clock } = api();
    return await createSignInLink(db, createdBy, clock.now());
  };
  const chosen = { email: 'first@example.com', password: 'a long password' };

  it('makes the first administrator, and is not used up by a look or by a typing error', async () => {
    const visitor = openVisitor(api().url);
    const token = await link();
    expect((await visitor.look(`/console/welcome?token=${token}`)).text).toContain('You are the first one here');
    const short = await visitor.send('/console/welcome', { token, ...chosen, password: 'short' });
    expect(short.text).toContain('Expected 10 to 256 characters.');
    expect((await visitor.send('/console/welcome', { token, ...chosen })).location).toBe('/console/apps');
    expect((await visitor.look('/console/apps')).text).toContain('first@example.com');
    expect((await openVisitor(api().url).send('/console/sign-in', chosen)).status).toBe(303);
  });

  it('works once, and for a day', async () => {
    const used = await link();
    await openVisitor(api().url).send('/console/welcome', { token: used, ...chosen });
    expect((await openVisitor(api().url).send('/console/welcome', { token: used, ...chosen })).status).toBe(404);
    const old = await link();
    api().clock.advance(DAY + 1);
    expect((await openVisitor(api().url).look(`/console/welcome?token=${old}`)).text).toContain('This link is over');
  });

  it('gives a new password to whoever forgot theirs, which ends their sessions', async () => {
    const before = openVisitor(api().url);
    await before.send('/console/welcome', { token: await link(), ...chosen });
    await openVisitor(api().url).send('/console/welcome', { token: await link(), ...chosen, password: 'another long one' });
    expect((await before.look('/console/apps')).location).toContain('/console/sign-in');
    expect((await openVisitor(api().url).send('/console/sign-in', chosen)).status).toBe(403);
  });

  it('of the operator takes the place of the one before; those of administrators stay', async () => {
    const [first, invitation] = [await link(), await link('first@example.com')];
    await link();
    expect((await openVisitor(api().url).look(`/console/welcome?token=${first}`)).status).toBe(404);
    expect((await openVisitor(api().url).look(`/console/welcome?token=${invitation}`)).status).toBe(200);
  });
});

describe('the administrator from the environment', () => {
  const api = anApi();

  it('is made at the first start, and never again', async () => {
    const { db } = api();
    expect(await ensureFirstAdministrator(db, { email: 'a@example.com', password: 'hash', now: 1 })).toBe(true);
    expect(await ensureFirstAdministrator(db, { email: 'b@example.com', password: 'hash', now: 2 })).toBe(false);
    expect((await listAdministrators(db)).map(({ email }) => email)).toEqual(['a@example.com']);
  });
});
