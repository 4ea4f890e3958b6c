import type { ConversationId } from '../domain/ids.ts';
import type { Message } from '../domain/message.ts';
import type { Db } from './db.ts';
import { saidIn } from './messages.ts';

export interface Transcript {
  readonly appName: string;
  /** How the app user is called. */
  readonly userName: string;
  /** The newest ones, oldest first. */
  readonly messages: readonly Omit<Message, 'id' | 'source'>[];
  /** Whether there are older ones. */
  readonly isCut: boolean;
}

/** A page of a person's reading. */
const MOST = 500;

/** What was said in a conversation, for people to read. */
export async function readTranscript(db: Db, id: ConversationId): Promise<Transcript | undefined> {
  const row = await db
    .selectFrom('conversations as c')
    .innerJoin('apps', 'apps.id', 'c.app_id')
    .innerJoin('app_users as u', 'u.id', 'c.app_user_id')
    .select(['apps.name', 'u.given_name', 'u.surname', 'u.user_id'])
    .where('c.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const newest = await saidIn(db, id)
    .select(['seq', 'role', 'content', 'author', 'accepted_at as acceptedAt'])
    .orderBy('seq', 'desc')
    .limit(MOST + 1)
    .execute();
  const name = [row.given_name, row.surname].filter((part) => part !== null && part !== '').join(' ');
  return {
    appName: row.name,
    userName: name === '' ? (row.user_id ?? 'Visitor') : name,
    messages: newest.slice(0, MOST).toReversed(),
    isCut: newest.length > MOST,
  };
}
