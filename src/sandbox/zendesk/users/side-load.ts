import type { Call } from '../call.ts';
import { userJson, users } from './user.ts';

/** The people of an answer, whole, where `include=users` asks for them. */
export async function sideLoadedUsers(call: Call, ids: readonly number[]) {
  if (call.exchange.query.get('include')?.split(',').includes('users') !== true) return {};
  const found = await call.session.store.getMany(users, [...new Set(ids)]);
  return { users: found.map((user) => userJson(call.url, user)) };
}
