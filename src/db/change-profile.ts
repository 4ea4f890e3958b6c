import type { AppUserId, ConversationId } from '../domain/ids.ts';
import { accept } from './accept.ts';
import type { Accepted } from './accept.ts';
import { updateAppUser } from './app-users.ts';
import type { Profile } from './app-users.ts';
import type { Db, Tx } from './db.ts';

/** An activity that was accepted. */
export interface News extends Accepted {
  readonly conversation: ConversationId;
}

/**
 * Changes what is given of an app user's profile and leaves the rest. When the name or the e-mail address is another than before,
 * that is accepted as an activity, for whoever heard of the person and wants to be told; in the same transaction, so that
 * nobody hears of a change that did not happen, or goes without one that did.
 * @returns the activity, if there is one: its lanes are to be rung.
 */
export async function changeProfile(db: Db, user: AppUserId, profile: Profile, now: number): Promise<News | undefined> {
  if (!namesContact(profile)) {
    await updateAppUser(db, user, profile);
    return undefined;
  }
  return await db.transaction().execute(async (tx) => {
    // First, as everywhere: whoever is about to tell of the person for the first time has done so, or will see the change.
    const conversation = await lockConversationOf(tx, user);
    const isSame = !isOther(await contactOf(tx, user), profile);
    await updateAppUser(tx, user, profile);
    if (isSame || !(await isAwaited(tx, conversation))) return undefined;
    const accepted = await accept(tx, { conversation, ...PROFILE_CHANGED, now });
    return accepted === undefined ? undefined : { ...accepted, conversation };
  });
}

const namesContact = ({ givenName, surname, email }: Profile): boolean =>
  [givenName, surname, email].some((given) => given !== undefined);

interface Contact {
  readonly given_name: string | null;
  readonly surname: string | null;
  readonly email: string | null;
}

const isOther = (was: Contact, { givenName = was.given_name, surname = was.surname, email = was.email }: Profile): boolean =>
  givenName !== was.given_name || surname !== was.surname || email !== was.email;

const PROFILE_CHANGED = {
  role: 'profile',
  content: { type: 'text', text: 'Changed their name or e-mail address.' },
  author: {},
  source: { type: 'api' },
} as const;

/** As `lockConversation` does, for whoever knows the person alone. */
async function lockConversationOf(tx: Tx, user: AppUserId): Promise<ConversationId> {
  const conversations = tx.selectFrom('conversations').select('id').where('app_user_id', '=', user);
  return (await conversations.forNoKeyUpdate().executeTakeFirstOrThrow()).id;
}

const contactOf = (tx: Tx, user: AppUserId): Promise<Contact> =>
  tx.selectFrom('app_users').select(['given_name', 'surname', 'email']).where('id', '=', user).executeTakeFirstOrThrow();

/** Whether somebody who heard of the person wants to be told. Without, a conversation's numbers are its messages' alone. */
async function isAwaited(tx: Tx, conversation: ConversationId): Promise<boolean> {
  const lane = await tx
    .selectFrom('lanes as l')
    .innerJoin('destinations as d', 'd.id', 'l.destination_id')
    .select('d.id')
    .where('l.conversation_id', '=', conversation)
    .where('d.removed_at', 'is', null)
    .where(
      (e) => e.val('profile'),
      '=',
      (e) => e.fn.any('d.takes'),
    )
    .limit(1)
    .executeTakeFirst();
  return lane !== undefined;
}
