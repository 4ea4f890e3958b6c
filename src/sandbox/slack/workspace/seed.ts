import { openChannel, save } from '../channels/change.ts';
import { type Member, members, people, SLACKBOT } from '../members/member.ts';
import type { Place } from './place.ts';
import { newSlackId, type SlackSession, teamIdOf, type Workspaces } from './session.ts';
import { settingsSchema } from './settings.ts';

export interface Seed {
  /** `acme` of `acme.slack.com`. */
  readonly domain: string;
  readonly name?: string | undefined;
  /** What the general channel is called. */
  readonly general?: string | undefined;
}

export interface Seeded {
  readonly team: string;
  readonly domain: string;
  readonly name: string;
  /** The owner first. */
  readonly people: readonly { readonly id: string; readonly name: string; readonly role: string }[];
}

/** The domain is not what `….slack.com` can begin with. */
export class DomainInvalid extends Error {
  override readonly name = 'DomainInvalid';
}

/**
 * Brings a workspace into being: an owner, two members, a guest, a general and a random channel. Does nothing to one that exists.
 * @throws {DomainInvalid}
 */
export async function seedWorkspace(workspaces: Workspaces, url: string, seed: Seed): Promise<Seeded> {
  const { domain } = seed;
  if (!/^[a-z0-9]([a-z0-9-]{0,19}[a-z0-9])?$/.test(domain)) {
    throw new DomainInvalid(
      `a workspace's domain is at most 21 small letters, digits and hyphens [got=${JSON.stringify(domain)}]`,
    );
  }
  const team = teamIdOf(domain);
  await workspaces.create(team, { name: null, domain, settings: settingsSchema.parse({}), lastTs: 0 });
  return workspaces.write(team, async (session) => {
    const name = session.state.name ?? seed.name ?? domain.charAt(0).toUpperCase() + domain.slice(1);
    if (session.state.name === null) await furnish({ session, url }, { ...seed, name });
    const all = await people(session.store);
    return { team, domain, name, people: all.map(({ id, real_name, role }) => ({ id, name: real_name, role })) };
  });
}

async function furnish(place: Place, { name, domain, general }: Seed & { readonly name: string }): Promise<void> {
  const { session } = place;
  session.update({ name });
  await addMember(session, { id: SLACKBOT, name: 'slackbot', real_name: 'Slackbot', role: 'slackbot', email: null });
  const person = (handle: string, real_name: string, role: Member['role']) =>
    addMember(session, { name: handle, real_name, role, email: `${handle}@${domain}.example` });
  const ada = await person('ada', 'Ada Admin', 'owner');
  const ben = await person('ben', 'Ben', 'member');
  const chloe = await person('chloe', 'Chloe', 'member');
  const gus = await person('gus', 'Gus Guest', 'guest');
  const all = [ada, ben, chloe].map(({ id }) => id);
  const lobby = await openChannel(place, ada, {
    name: general ?? 'general',
    kind: 'public',
    is_general: true,
    members: [...all, gus.id],
  });
  const value = 'This is the one channel that will always include everyone. It’s a great spot for announcements.';
  await save(place, lobby, { purpose: { value, creator: ada.id, last_set: 0 } });
  await openChannel(place, ada, { name: 'random', kind: 'public', members: all });
}

type NewMember = Pick<Member, 'name' | 'real_name' | 'role' | 'email'> & { readonly id?: string };

async function addMember(session: SlackSession, input: NewMember): Promise<Member> {
  const member: Member = {
    id: newSlackId(session, 'U'),
    display_name: '',
    deleted: false,
    bot_id: null,
    app_id: null,
    created: session.now,
    updated: session.now,
    seq: session.nextId(),
    ...input,
  };
  await session.store.put(members, member);
  return member;
}
