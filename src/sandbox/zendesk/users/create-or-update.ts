import type { ZendeskSession } from '../account/session.ts';
import { takeUserWrite } from '../account/limits.ts';
import { invalidField } from '../problem.ts';
import { userByIdentity } from './identity.ts';
import { createUser, type Profile, updateUser } from './profile.ts';
import { type User, userByExternalId } from './user.ts';

/**
 * Finds a user by external id (in any case of letters) or address and updates it, or makes one.
 *
 * The match may be an agent; an admin's call then changes the agent, exactly as at Zendesk.
 * @throws {Refusal} 422 when external id and address belong to two different users.
 */
export async function createOrUpdate(
  session: ZendeskSession,
  actor: User,
  profile: Profile,
): Promise<{ readonly user: User; readonly created: boolean }> {
  const match = await findMatch(session, profile);
  if (!match) return { user: await createUser(session, actor, profile), created: true };
  await takeUserWrite(session, match.id);
  return { user: await updateUser(session, actor, match, profile), created: false };
}

async function findMatch(session: ZendeskSession, profile: Profile): Promise<User | undefined> {
  const byExternalId = profile.external_id ? await userByExternalId(session.store, profile.external_id) : undefined;
  const byEmail = profile.email ? await userByIdentity(session.store, 'email', profile.email) : undefined;
  if (byExternalId && byEmail && byExternalId.id !== byEmail.id) {
    throw invalidField('email', `Email: ${profile.email} is already being used by another user`, 'DuplicateValue');
  }
  return byExternalId ?? byEmail;
}
