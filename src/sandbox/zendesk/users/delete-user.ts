import type { ZendeskSession } from '../account/session.ts';
import { invalidField } from '../problem.ts';
import { tickets } from '../tickets/ticket.ts';
import { identities } from './identity.ts';
import { type User, users } from './user.ts';

/**
 * Deletes an end user, who can then no longer be found; what they wrote stays.
 * @throws {Refusal} 422 while a ticket of theirs is not closed.
 */
export async function deleteUser(session: ZendeskSession, user: User): Promise<User> {
  const { store, now } = session;
  const open = (await store.list(tickets)).some(
    ({ requester_id, status, deleted }) => requester_id === user.id && status !== 'closed' && !deleted,
  );
  if (open) throw invalidField('base', 'User: has tickets that are not closed');
  for (const identity of await store.list(identities, { group: user.id })) await store.remove(identities, identity.id);
  const gone = { ...user, active: false, external_id: null, email: null, updated_at: now };
  await store.put(users, gone);
  return gone;
}
