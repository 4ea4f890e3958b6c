import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Api, Changed, Collected, CollectedReply, RemoteThread } from '../business-system.ts';
import type { Author } from '../../src/domain/message.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { ChangedAnswer, CommentsAnswer, TicketAnswer } from './answers.ts';
import type { Agent, Comment } from './answers.ts';
import { callZendesk } from './client.ts';
import { pagesOf } from './pages.ts';

/** Comments may become visible a little out of order. */
const OVERLAP_MS = 10 * MINUTE;

const Cursor = z.object({ at: z.number() }).nullable().catch(null);

/** Fetches the public comments of agents, newest first down to the cursor, and then who the ticket talks to. */
export async function collect(thread: RemoteThread, api: Api): Promise<Collected> {
  const from = (Cursor.parse(thread.cursor)?.at ?? 0) - OVERLAP_MS;
  const { comments, users } = await readComments(thread.remoteId, from, api);
  // The requester is asked for last: whoever it is now, the comments above were written to that person.
  const { body } = await callZendesk(
    api,
    { method: 'GET', path: `/api/v2/tickets/${thread.remoteId}`, missing: 'thread' },
    TicketAnswer,
  );
  const authors = new Map(users.map((user) => [user.id, user]));
  const ofAgents = comments.filter((comment) => isAgent(authors.get(comment.author_id)));
  const replies = ofAgents.filter((comment) => comment.public && comment.type === 'Comment');
  const now = api.now();
  return {
    items: replies.toSorted(byAge).flatMap((comment) => itemsOf(comment, authors.get(comment.author_id), api.key)),
    addressee: body.ticket.requester_id,
    cursor: { at: Math.max(from + OVERLAP_MS, ...comments.map((comment) => comment.created_at)) },
    ...(body.ticket.status === 'closed' ? { state: 'closed' as const } : {}),
    writes: ofAgents.map((comment) => comment.created_at).filter((at) => at > now - 60 * MINUTE),
    data: { status: body.ticket.status },
    version: body.ticket.updated_at,
  };
}

async function readComments(
  ticket: string,
  from: number,
  api: Api,
): Promise<{ comments: readonly Comment[]; users: readonly Agent[] }> {
  const comments: Comment[] = [];
  const users: Agent[] = [];
  const path = `/api/v2/tickets/${ticket}/comments?include=users&sort=-created_at`;
  for await (const page of pagesOf(api, { path, missing: 'thread' }, CommentsAnswer)) {
    comments.push(...page.comments.filter((comment) => comment.created_at >= from));
    users.push(...page.users);
    if (page.comments.some((comment) => comment.created_at < from)) break;
  }
  return { comments, users };
}

/** A comment and its attachments are messages of their own: the app shows files as files. */
function itemsOf(comment: Comment, agent: Agent | undefined, account: string): readonly CollectedReply[] {
  const author = authorOf(agent, account);
  const text = wordsOf(comment).replaceAll('\u00a0', ' ').trim();
  const files = comment.attachments.map((file): CollectedReply => ({
    remoteId: `comment ${comment.id} attachment ${file.id}`,
    author,
    content: {
      type: file.content_type.startsWith('image/') ? 'image' : 'file',
      text: file.file_name,
      mediaUrl: file.content_url,
      mediaType: file.content_type,
      ...(file.size === undefined ? {} : { mediaSize: file.size }),
    },
  }));
  return text === '' ? files : [{ remoteId: `comment ${comment.id}`, author, content: { type: 'text', text } }, ...files];
}

/** As plain text, in which links lose their addresses; so shorthand for buttons is read where Markdown still is as it was typed. */
const wordsOf = ({ body, plain_body }: Comment): string => (/[%$!]\[[^\]]*\]\(/.test(body) ? body : plain_body);

/** What the agent wants to be called by end users comes before the name. */
function authorOf(agent: Agent | undefined, account: string): Author {
  if (agent === undefined) return {};
  const avatarUrl = agent.photo?.content_url ?? undefined;
  const alias = agent.alias ?? '';
  return {
    id: createHash('sha256').update(`zendesk/${account}/${agent.id}`).digest('hex').slice(0, 24),
    name: alias === '' ? agent.name : alias,
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
  };
}

const isAgent = (user: Agent | undefined): boolean => user?.role === 'agent' || user?.role === 'admin';

const byAge = (a: Comment, b: Comment): number => a.created_at - b.created_at || Number(a.id) - Number(b.id);

/**
 * The tickets of this account that changed.
 * @see https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
 */
export async function changed(since: number, api: Api): Promise<Changed> {
  const threads = new Map<string, string>();
  const until = api.now();
  let path: string | undefined = `/api/v2/incremental/tickets/cursor?start_time=${Math.floor(since / 1_000)}`;
  while (path !== undefined) {
    const { body }: { body: z.infer<typeof ChangedAnswer> } = await callZendesk(
      api,
      { method: 'GET', path, scopes: ['exports'] },
      ChangedAnswer,
    );
    for (const ticket of body.tickets) threads.set(ticket.id, ticket.updated_at);
    const cursor = body.after_cursor ?? undefined;
    path =
      body.end_of_stream || cursor === undefined
        ? undefined
        : `/api/v2/incremental/tickets/cursor?cursor=${encodeURIComponent(cursor)}`;
  }
  return { threads: [...threads].map(([remoteId, version]) => ({ remoteId, version })), until };
}
