import type { ZendeskSession } from '../account/session.ts';
import { invalidField } from '../problem.ts';
import { comments } from '../tickets/comment.ts';
import { tickets } from '../tickets/ticket.ts';
import { identities } from './identity.ts';
import { type User, users } from './user.ts';

/**
 * Merges one end user into another. The loser's tickets, comments and addresses move; its external id, notes, tags and
 * fields are lost; it can no longer be found. No trigger runs.
 * @throws {Refusal} 422 unless both are end users.
 */
export async function mergeUsers(session: ZendeskSession, loser: User, winner: User): Promise<User> {
  if (loser.id === winner.id || loser.role !== 'end-user' || winner.role !== 'end-user') {
    throw invalidField('base', 'Only two different end users can be merged');
  }
  await moveTickets(session, loser.id, winner.id);
  for (const identity of await session.store.list(identities, { group: loser.id })) {
    await session.store.put(identities, { ...identity, user_id: winner.id, primary: false, updated_at: session.now });
  }
  await session.store.put(users, { ...loser, active: false, external_id: null, email: null, updated_at: session.now });
  return adoptAddress(session, { ...winner, updated_at: session.now });
}

async function moveTickets(session: ZendeskSession, from: number, to: number): Promise<void> {
  for (const ticket of await session.store.list(tickets)) {
    if (ticket.requester_id !== from && ticket.submitter_id !== from) continue;
    const moved = (id: number): number => (id === from ? to : id);
    const changed = { ...ticket, requester_id: moved(ticket.requester_id), submitter_id: moved(ticket.submitter_id) };
    await session.store.put(tickets, changed);
  }
  for (const comment of await session.store.list(comments)) {
    if (comment.author_id === from) await session.store.put(comments, { ...comment, author_id: to });
  }
}

/** A winner without an address gets the loser's as its primary one. */
async function adoptAddress(session: ZendeskSession, winner: User): Promise<User> {
  const address = (await session.store.list(identities, { group: winner.id })).find((identity) => identity.type === 'email');
  const changed = { ...winner, email: winner.email ?? address?.value ?? null };
  if (winner.email === null && address) await session.store.put(identities, { ...address, primary: true });
  await session.store.put(users, changed);
  return changed;
}
