import type { RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { Refused } from '../system-error.ts';
import { unlessRefused } from '../unless-refused.ts';
import { CommentsAnswer, UserAnswer, UsersAnswer } from './answers.ts';
import type { User } from './answers.ts';
import { auditsOf, commentIds, markOf, unlessGone } from './audits.ts';
import { callZendesk } from './client.ts';
import type { UserWrite } from './writes.ts';

/** An agent or admin may have got our external id; the app user then gets another one. */
const ASIDE = ':end-user';

/**
 * Finds or makes the end user that an app user is, and brings their name up to date.
 *
 * In this order: who they were before, whoever that one was merged into, whoever has our external id, and, only where addresses
 * are proof, whoever has the address. Agents and admins are nobody's app user. An end user whom we did not make keeps their name.
 */
export async function putUser({ user, hash, known, ticket, email }: UserWrite, api: Api): Promise<RemoteRef> {
  const ours = await byExternalId(user.external_id, api);
  const externalId = ours !== undefined && !isCustomer(ours) ? user.external_id + ASIDE : user.external_id;
  const found =
    (await knownAs(known, ticket, api)) ??
    (await byExternalIdOfCustomer(externalId, ours, api)) ??
    (email === undefined ? undefined : await byAddress(email, api));
  if (found === undefined)
    return { ids: [], person: (await create({ ...user, external_id: externalId }, api)).id, profileHash: hash };
  if (isMadeFor(found, user.external_id) && found.name !== user.name) await rename(found.id, user.name, api);
  return { ids: [], person: found.id, profileHash: hash };
}

/**
 * Who an end user is now that is no longer there: whoever Zendesk shows as the author of what we wrote in their name.
 * @returns `undefined` when they are still there, or nobody can tell.
 */
export async function personNow(
  was: { readonly person: string; readonly thread: string },
  api: Api,
): Promise<string | undefined> {
  if ((await readCustomer(was.person, api)) !== undefined) return undefined;
  return (await heirOf(was.person, was.thread, api))?.id;
}

/** Whether we made an end user: their name and address are ours to change. */
export const isMadeFor = (user: User, externalId: string): boolean =>
  [externalId, externalId + ASIDE].includes(user.external_id?.toLowerCase() ?? '');

/** An end user who is there. */
export async function readCustomer(id: string, api: Api): Promise<User | undefined> {
  try {
    const { body } = await callZendesk(api, { method: 'GET', path: `/api/v2/users/${id}` }, UserAnswer);
    return isCustomer(body.user) ? body.user : undefined;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

async function knownAs(id: string | undefined, ticket: string | undefined, api: Api): Promise<User | undefined> {
  if (id === undefined) return undefined;
  return (await readCustomer(id, api)) ?? (ticket === undefined ? undefined : await heirOf(id, ticket, api));
}

/** Newest comments are enough: they were all by the one person. */
async function heirOf(person: string, ticket: string, api: Api): Promise<User | undefined> {
  const authors = await unlessGone(async () => {
    const page = await auditsOf(ticket, api).next();
    const history = page.done === true ? [] : page.value;
    const written = new Set(history.filter((audit) => markOf(audit) !== undefined).flatMap(commentIds));
    const path = `/api/v2/tickets/${ticket}/comments?sort=-created_at&page[size]=100`;
    const { body } = await callZendesk(api, { method: 'GET', path, missing: 'thread' }, CommentsAnswer);
    const ours = body.comments.filter((comment) => comment.public && written.has(`comment ${comment.id}`));
    return new Set(ours.map((comment) => comment.author_id));
  });
  const [heir, ...others] = authors ?? [];
  return heir !== undefined && others.length === 0 && heir !== person ? await readCustomer(heir, api) : undefined;
}

async function byExternalIdOfCustomer(externalId: string, seen: User | undefined, api: Api): Promise<User | undefined> {
  const user = seen?.external_id?.toLowerCase() === externalId ? seen : await byExternalId(externalId, api);
  return user !== undefined && isCustomer(user) ? user : undefined;
}

/** Exact, and from the database. */
async function byExternalId(externalId: string, api: Api): Promise<User | undefined> {
  const path = `/api/v2/users/search?external_id=${encodeURIComponent(externalId)}`;
  const { body } = await callZendesk(api, { method: 'GET', path }, UsersAnswer);
  return body.users[0];
}

/** From an index, which may lag: whoever is missed gets a second record, which a person can merge. */
async function byAddress(email: string, api: Api): Promise<User | undefined> {
  const path = `/api/v2/users/search?query=${encodeURIComponent(`email:"${email}"`)}`;
  const { body } = await callZendesk(api, { method: 'GET', path }, UsersAnswer);
  const primary = body.users.filter((user) => user.email?.toLowerCase() === email);
  const [found, ...others] = primary.length > 0 ? primary : body.users;
  return found !== undefined && others.length === 0 && isCustomer(found) ? found : undefined;
}

export const isCustomer = (user: User): boolean => user.role === 'end-user' && user.active !== false;

/** By external id alone: repeated, it finds what it made. */
async function create(user: UserWrite['user'], api: Api): Promise<User> {
  const call = {
    method: 'POST',
    path: '/api/v2/users/create_or_update',
    body: { user: { ...user, skip_verify_email: true } },
    scopes: ['users'],
  } as const;
  return (await callZendesk(api, call, UserAnswer)).body.user;
}

/** A name that Zendesk does not take must not hold up what was said under it. */
async function rename(id: string, name: string, api: Api): Promise<void> {
  const call = { method: 'PUT', path: `/api/v2/users/${id}`, body: { user: { name } }, scopes: ['users'] } as const;
  await unlessRefused(() => callZendesk(api, call, UserAnswer));
}
