import { describe, expect, it } from 'vitest';
import { keepAdministrator } from '../../src/db/console/administrators.ts';
import { aConsole, ADMINISTRATOR, cheapHash, openVisitor } from './support/visitor.ts';
import type { Visitor } from './support/visitor.ts';

const BEN = { email: 'ben@example.com', password: 'a long password' };
const HERE = '/console/administrators';

const isSignedIn = async (visitor: Visitor): Promise<boolean> => (await visitor.look('/console/apps')).status === 200;

describe('administrators', () => {
  const { api, ada } = aConsole();
  const idOf = async (email: string): Promise<string> => {
    const row = await api().db.selectFrom('administrators').select('id').where('email', '=', email).executeTakeFirstOrThrow();
    return row.id;
  };
  const signIn = async (who: typeof BEN): Promise<Visitor> => {
    const visitor = openVisitor(api().url);
    await visitor.send('/console/sign-in', who);
    return visitor;
  };

  it('cannot be removed while there is but one', async () => {
    expect((await ada().look(HERE)).text).not.toContain('Remove…');
    const refused = await ada().submit(`${HERE}/remove`, { id: await idOf(ADMINISTRATOR.email) });
    expect(refused.text).toContain('Nobody was removed');
    expect(await isSignedIn(ada())).toBe(true);
  });

  it('invite others by a link that is shown once, and lets one person in', async () => {
    const page = await ada().submit(`${HERE}/invite`);
    const link = /<code>(http[^<]+)<\/code>/.exec(page.text)?.[1] ?? '';
    expect((await ada().look(HERE)).text).not.toContain('/console/welcome?token=');
    const token = new URL(link).searchParams.get('token') ?? '';
    const ben = openVisitor(api().url);
    expect((await ben.look(link)).text).toContain('Choose how you sign in');
    await ben.send('/console/welcome', { ...BEN, token });
    expect(await isSignedIn(ben)).toBe(true);
    expect((await openVisitor(api().url).look(link)).text).toContain('This link is over');
    expect((await ada().look(HERE)).text).toContain(BEN.email);
  });

  it('remove one another, which ends all sessions of whoever goes', async () => {
    const cleo = await anAdministrator('cleo@example.com');
    const session = await signIn(cleo);
    expect(await isSignedIn(session)).toBe(true);
    const page = await ada().submit(`${HERE}/remove`, { id: await idOf(cleo.email) });
    expect(page.text).toContain('cleo@example.com is no administrator any more.');
    expect([await isSignedIn(session), await isSignedIn(await signIn(cleo))]).toEqual([false, false]);
  });

  it('change their password with the present one, which ends their sessions', async () => {
    const dan = await anAdministrator('dan@example.com');
    const [here, elsewhere] = [await signIn(dan), await signIn(dan)];
    await here.look('/console/account');
    const wrong = await here.send('/console/account', { current: 'guessed', password: 'another long one' });
    expect([wrong.status, wrong.text.includes('The present password is wrong.')]).toEqual([400, true]);
    const short = await here.send('/console/account', { current: dan.password, password: 'short' });
    expect([short.status, short.text.includes('Expected 10 to 256 characters.')]).toEqual([400, true]);
    expect(await isSignedIn(elsewhere)).toBe(true);

    await here.send('/console/account', { current: dan.password, password: 'another long one' });
    expect([await isSignedIn(here), await isSignedIn(elsewhere)]).toEqual([false, false]);
    expect(await isSignedIn(await signIn(dan))).toBe(false);
    expect(await isSignedIn(await signIn({ ...dan, password: 'another long one' }))).toBe(true);
  });

  it('are not let guess the present password for ever, in a session that is not theirs', async () => {
    const eve = await anAdministrator('eve@example.com');
    const thief = await signIn(eve);
    await thief.look('/console/account');
    const guess = (current: string) => thief.send('/console/account', { current, password: 'a stolen account' });
    for (let tried = 0; tried < 10; tried += 1) expect((await guess(`guess ${tried}`)).status).toBe(400);
    const refused = await guess(eve.password);
    expect([refused.status, refused.text.includes('too many wrong passwords')]).toEqual([429, true]);
  });

  /** Whose password is cheap to check. */
  async function anAdministrator(email: string): Promise<typeof BEN> {
    const { db, clock } = api();
    await keepAdministrator(db, { email, password: await cheapHash(BEN.password), now: clock.now() });
    return { email, password: BEN.password };
  }
});
