import { z } from 'zod';
import { json } from '../../answer.ts';
import { type ApiRoute, type Call, idSchema, input } from '../call.ts';
import { paginate } from '../paging.ts';
import { takeUserWrite } from '../account/limits.ts';
import { createOrUpdate } from './create-or-update.ts';
import { userByIdentity } from './identity.ts';
import { deleteUser } from './delete-user.ts';
import { mergeUsers } from './merge-users.ts';
import { createUser, profileSchema, updateUser } from './profile.ts';
import { searchByExternalId, searchByQuery } from './search-users.ts';
import { type User, userByExternalId, userJson, userOr404, users } from './user.ts';

const body = z.object({ user: profileSchema });
const mergeBody = z.object({ user: z.object({ id: idSchema.optional(), email: z.string().optional() }) });

const one = (call: Call, status: number, user: User) =>
  json(
    status,
    { user: userJson(call.url, user) },
    status === 201 ? { location: `${call.url}/api/v2/users/${user.id}.json` } : {},
  );

const many = (call: Call, found: readonly User[]) => {
  const { items, envelope } = paginate(call, found, (user) => user.id);
  return json(200, { users: items.map((user) => userJson(call.url, user)), ...envelope });
};

/** `/api/v2/users`. The named paths come before `:id`. */
export const userRoutes: readonly ApiRoute[] = [
  { method: 'GET', path: '/users/me', resource: 'users', allowed: 'agent', answer: async (call) => one(call, 200, call.user) },
  {
    method: 'GET',
    path: '/users/search',
    resource: 'users',
    allowed: 'agent',
    answer: async (call) => many(call, await search(call)),
  },
  {
    method: 'GET',
    path: '/users/show_many',
    resource: 'users',
    allowed: 'agent',
    answer: async (call) => many(call, await listed(call)),
  },
  {
    method: 'GET',
    path: '/users',
    resource: 'users',
    allowed: 'agent',
    async answer(call) {
      const role = call.exchange.query.get('role');
      const all = (await call.session.store.list(users)).filter((user) => user.active && (role === null || user.role === role));
      return many(call, all);
    },
  },
  {
    method: 'POST',
    path: '/users/create_or_update',
    resource: 'users',
    allowed: 'agent',
    counts: 'userWrite',
    async answer(call) {
      const { user, created } = await createOrUpdate(call.session, call.user, input(call, body).user);
      return one(call, created ? 201 : 200, user);
    },
  },
  {
    method: 'POST',
    path: '/users',
    resource: 'users',
    allowed: 'agent',
    answer: async (call) => one(call, 201, await createUser(call.session, call.user, input(call, body).user)),
  },
  {
    method: 'GET',
    path: '/users/:id',
    resource: 'users',
    allowed: 'agent',
    answer: async (call) => one(call, 200, await userOr404(call.session.store, call.params.id ?? '')),
  },
  {
    method: 'PUT',
    path: '/users/:id',
    resource: 'users',
    allowed: 'agent',
    counts: 'userWrite',
    async answer(call) {
      const user = await userOr404(call.session.store, call.params.id ?? '');
      await takeUserWrite(call.session, user.id);
      return one(call, 200, await updateUser(call.session, call.user, user, input(call, body).user));
    },
  },
  {
    method: 'DELETE',
    path: '/users/:id',
    resource: 'users',
    allowed: 'agent',
    answer: async (call) =>
      one(call, 200, await deleteUser(call.session, await userOr404(call.session.store, call.params.id ?? ''))),
  },
  {
    method: 'PUT',
    path: '/users/:id/merge',
    resource: 'users',
    allowed: 'agent',
    async answer(call) {
      const loser = await userOr404(call.session.store, call.params.id ?? '');
      return one(call, 200, await mergeUsers(call.session, loser, await mergeTarget(call)));
    },
  },
];

function search(call: Call): Promise<readonly User[]> {
  const externalId = call.exchange.query.get('external_id');
  if (externalId !== null) return searchByExternalId(call.session, externalId);
  return searchByQuery(call.session, call.exchange.query.get('query') ?? '');
}

async function listed(call: Call): Promise<readonly User[]> {
  const { query } = call.exchange;
  const { store } = call.session;
  const split = (name: string): readonly string[] => (query.get(name) ?? '').split(',').filter((id) => id !== '');
  const found = [...(await store.getMany(users, split('ids')))];
  for (const id of split('external_ids')) {
    const user = await userByExternalId(store, id);
    if (user) found.push(user);
  }
  return found.filter((user) => user.active);
}

async function mergeTarget(call: Call): Promise<User> {
  const { id, email } = input(call, mergeBody).user;
  const byEmail = email === undefined ? undefined : await userByIdentity(call.session.store, 'email', email);
  return userOr404(call.session.store, id ?? byEmail?.id ?? '');
}
