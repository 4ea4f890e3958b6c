import { z } from 'zod';
import { json, noContent } from '../../answer.ts';
import { type ApiRoute, type Call, input } from '../call.ts';
import { paginate } from '../paging.ts';
import { forbidden, recordNotFound } from '../problem.ts';
import { addIdentity, type Identity, identities, identityJson, identityType } from './identity.ts';
import { isAgent, type User, userOr404, users } from './user.ts';

const body = z.object({
  identity: z.object({
    type: identityType,
    value: z.string(),
    verified: z.boolean().default(false),
    skip_verify_email: z.boolean().default(false),
  }),
});

const route = (method: string, path: string, answer: ApiRoute['answer']): ApiRoute => ({
  method,
  path: `/users/:id/identities${path}`,
  resource: 'users',
  allowed: 'agent',
  answer,
});

/** `/api/v2/users/{id}/identities`. */
export const identityRoutes: readonly ApiRoute[] = [
  route('GET', '', async (call) => listing(call, await owner(call))),
  route('POST', '', async (call) => {
    const user = await ownerForWriting(call);
    const { skip_verify_email, ...given } = input(call, body).identity;
    const identity = await addIdentity(call.session, user, { ...given, skipVerifyEmail: skip_verify_email });
    return json(201, { identity: identityJson(call.url, identity) });
  }),
  route('GET', '/:identity', async (call) =>
    json(200, { identity: identityJson(call.url, await identityOf(call, await owner(call))) }),
  ),
  route('PUT', '/:identity/make_primary', async (call) => {
    const user = await ownerForWriting(call);
    await makePrimary(call, user, await identityOf(call, user));
    return listing(call, user);
  }),
  route('PUT', '/:identity/verify', async (call) => {
    const identity = await identityOf(call, await ownerForWriting(call));
    const verified = { ...identity, verified: true, updated_at: call.session.now };
    await call.session.store.put(identities, verified);
    return json(200, { identity: identityJson(call.url, verified) });
  }),
  route('DELETE', '/:identity', async (call) => {
    const identity = await identityOf(call, await ownerForWriting(call));
    await call.session.store.remove(identities, identity.id);
    return noContent();
  }),
];

const owner = (call: Call): Promise<User> => userOr404(call.session.store, call.params.id ?? '');

async function ownerForWriting(call: Call): Promise<User> {
  const user = await owner(call);
  if (isAgent(user) && call.user.role !== 'admin') throw forbidden();
  return user;
}

async function identityOf(call: Call, user: User): Promise<Identity> {
  const identity = await call.session.store.get(identities, call.params.identity ?? '');
  if (identity?.user_id !== user.id) throw recordNotFound();
  return identity;
}

async function listing(call: Call, user: User) {
  const all = await call.session.store.list(identities, { group: user.id });
  const { items, envelope } = paginate(call, all, (identity) => identity.id);
  return json(200, { identities: items.map((identity) => identityJson(call.url, identity)), ...envelope });
}

async function makePrimary(call: Call, user: User, chosen: Identity): Promise<void> {
  const { store, now } = call.session;
  for (const identity of await store.list(identities, { group: user.id })) {
    if (identity.type !== chosen.type) continue;
    await store.put(identities, { ...identity, primary: identity.id === chosen.id, updated_at: now });
  }
  if (chosen.type === 'email') await store.put(users, { ...user, email: chosen.value, updated_at: now });
}
