import type { ZendeskReading } from '../account/session.ts';
import { userByIdentity } from './identity.ts';
import { type User, userByExternalId, users } from './user.ts';

/** Users by external id: exact, from the database. */
export async function searchByExternalId(reading: ZendeskReading, externalId: string): Promise<readonly User[]> {
  const user = await userByExternalId(reading.store, externalId);
  return user ? [user] : [];
}

/** Users by a query such as `email:"a@b.example"` or a part of a name. From an index, which may lag. */
export async function searchByQuery(reading: ZendeskReading, query: string): Promise<readonly User[]> {
  const indexedUntil = reading.now - reading.state.settings.searchLagMs;
  return (await matches(reading, query)).filter((user) => user.active && user.updated_at <= indexedUntil);
}

async function matches(reading: ZendeskReading, query: string): Promise<readonly User[]> {
  const email = /\bemail:"?([^\s"]+)"?/.exec(query)?.[1];
  if (email !== undefined) {
    const user = await userByIdentity(reading.store, 'email', email);
    return user ? [user] : [];
  }
  const externalId = /\bexternal_id:"?([^\s"]+)"?/.exec(query)?.[1];
  if (externalId !== undefined) return searchByExternalId(reading, externalId);
  const words = query
    .replace(/\b\w+:\S+/g, '')
    .trim()
    .toLowerCase();
  const all = await reading.store.list(users);
  return all.filter((user) => user.name.toLowerCase().includes(words) || user.email?.toLowerCase().includes(words));
}
