import type { Db } from '../../../src/db/db.ts';
import { toId } from '../../../src/domain/ids.ts';
import type { AppUserId } from '../../../src/domain/ids.ts';
import type { Reply } from '../../api/support/client.ts';
import type { ConnectedApp, Installation } from './installation.ts';

/** What was said in a conversation, or what stands on its tickets: one text after the other. */
export type Conversations = Readonly<Record<string, readonly string[]>>;

/** An app user who has something to say. */
export interface Speaker {
  readonly app: ConnectedApp;
  readonly userId: string;
  readonly conversation: string;
}

/** Makes an app user. */
export async function anAppUser({ db }: Installation, app: ConnectedApp, userId: string): Promise<Speaker> {
  const appUser = (await app.clients[0]('POST', '/appusers', { userId })).at('appUser', '_id');
  // The API tells of a conversation from the first message on.
  const { id } = await db
    .selectFrom('conversations')
    .select('id')
    .where('app_user_id', '=', toId<AppUserId>(appUser))
    .executeTakeFirstOrThrow();
  return { app, userId, conversation: id };
}

/** Makes app users of each app. */
export const appUsers = (
  installation: Installation,
  apps: readonly ConnectedApp[],
  each: number,
  name: string,
): Promise<readonly Speaker[]> =>
  Promise.all(
    apps.flatMap((app) =>
      Array.from({ length: each }, (_, index) => anAppUser(installation, app, `${name}-${index + 1}-of-${app.subdomain}`)),
    ),
  );

/** Posts a message over HTTP. @param at which API process takes it; they take turns. */
export function say({ userId, app }: Speaker, text: string, at = 0): Promise<Reply> {
  const client = app.clients[at % app.clients.length] ?? app.clients[0];
  return client('POST', `/appusers/${userId}/messages`, { role: 'appUser', type: 'text', text });
}

/** What was accepted, in the order of the sequence numbers. @throws when these have a gap. */
export async function accepted(db: Db): Promise<Conversations> {
  const rows = await db.selectFrom('messages').select(['conversation_id', 'seq', 'content']).orderBy('seq').execute();
  const said: Record<string, string[]> = {};
  for (const { conversation_id, seq, content } of rows) {
    const texts = (said[conversation_id] ??= []);
    texts.push(content.text ?? content.type);
    if (texts.length !== seq) throw new Error(`the sequence has a gap [conversation=${conversation_id}, seq=${seq}]`);
  }
  return said;
}

/** What stands on the tickets of some accounts, in the order in which an agent reads it. */
export async function onTickets({ desk }: Installation, apps: readonly ConnectedApp[]): Promise<Conversations> {
  const seen: Record<string, string[]> = {};
  for (const { subdomain } of apps) {
    for (const { conversation, comments } of await desk.tickets(subdomain))
      (seen[conversation] ??= []).push(...comments.flatMap((comment) => comment.split('\n\n')));
  }
  return seen;
}

/** How many messages have not arrived everywhere. */
export async function undelivered(db: Db): Promise<number> {
  const rows = await db.selectFrom('deliveries').select('seq').where('state', '!=', 'delivered').execute();
  return rows.length;
}
