import type { Api, Collected, RemoteThread } from '../business-system.ts';
import { z } from 'zod';
import { MINUTE } from '../../src/domain/time.ts';
import { CommentsAnswer, TicketAnswer } from './answers.ts';
import type { Agent, Comment } from './answers.ts';
import { callZendesk } from './client.ts';
import { pagesOf } from './pages.ts';
import { repliesOf, templateOf } from './replies.ts';
import { dataOf } from './tickets.ts';

/** Comments may become visible a little out of order. */
const OVERLAP_MS = 10 * MINUTE;
/** So far back writes count against a ticket's limit. */
const COUNTED_MS = 60 * MINUTE;

const Cursor = z.object({ at: z.number() }).nullable().catch(null);
/** Of a ticket that ours was merged into, what came before that is none of ours. Epoch milliseconds. */
const Data = z.object({ since: z.number().default(0) }).catch({ since: 0 });

/** Fetches the public comments of agents, newest first down to the cursor, and then who the ticket talks to. */
export async function collect(thread: RemoteThread, api: Api): Promise<Collected> {
  const read = Cursor.parse(thread.cursor)?.at ?? 0;
  const { comments, users } = await readComments(
    thread.remoteId,
    Math.max(read - OVERLAP_MS, Data.parse(thread.data).since),
    api,
  );
  // The requester is asked for last: whoever it is now, the comments above were written to that person.
  const { body } = await callZendesk(
    api,
    { method: 'GET', path: `/api/v2/tickets/${thread.remoteId}`, missing: 'thread' },
    TicketAnswer,
  );
  const { ticket } = body;
  const authors = new Map(users.map((user) => [user.id, user]));
  const ofAgents = comments.filter((comment) => isAgent(authors.get(comment.author_id)));
  const replies = ofAgents.filter((comment) => comment.public && comment.type === 'Comment').toSorted(byAge);
  const template = replies.length === 0 ? undefined : await templateOf(ticket, api);
  const taken = replies.map((comment) =>
    repliesOf(comment, { agent: authors.get(comment.author_id), template, account: api.key }),
  );
  const now = api.now();
  return {
    items: taken.flatMap(({ items }) => items),
    skipped: taken.flatMap(({ skipped }) => skipped),
    addressee: ticket.requester_id,
    cursor: { at: Math.max(read, ...comments.map((comment) => comment.created_at)) },
    ...(ticket.status === 'closed' ? { state: 'closed' as const } : {}),
    writes: ofAgents.map((comment) => comment.created_at).filter((at) => at > now - COUNTED_MS),
    data: dataOf(ticket),
    version: ticket.updated_at,
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

const isAgent = (user: Agent | undefined): boolean => user?.role === 'agent' || user?.role === 'admin';

const byAge = (a: Comment, b: Comment): number => a.created_at - b.created_at || Number(a.id) - Number(b.id);
