import { z } from 'zod';
import { json, Refusal } from '../../answer.ts';
import { takeTicketUpdate } from '../account/limits.ts';
import type { ZendeskSession } from '../account/session.ts';
import { idSchema } from '../call.ts';
import { mergeTickets } from '../tickets/merge-tickets.ts';
import { type Actor } from '../tickets/draft.ts';
import { cleanTags, type Ticket, ticketOr404 } from '../tickets/ticket.ts';
import { deleteTicket } from '../tickets/ticket-routes.ts';
import type { TicketInput } from '../tickets/ticket-input.ts';
import { updateTicket } from '../tickets/update-ticket.ts';
import { ViaId } from '../tickets/via.ts';
import { mergeUsers } from '../users/merge-users.ts';
import { isAgent, type User, userOr404, users } from '../users/user.ts';

const common = {
  ticket: idSchema,
  /** Who acts: an id, an e-mail address or a name. */
  as: z.union([z.number(), z.string().min(1)]),
};
const wording = { text: z.string().optional(), html: z.string().optional(), uploads: z.array(z.string()).optional() };

/** What a person does on a ticket: an agent on the page, or an end user by mail. */
export const agentAction = z.discriminatedUnion('do', [
  z.object({ ...common, ...wording, do: z.literal('reply') }),
  z.object({ ...common, ...wording, do: z.literal('note') }),
  /** With a text, a comment goes along. */
  z.object({
    ...common,
    ...wording,
    do: z.enum(['solve', 'close', 'reopen', 'pending', 'hold']),
    public: z.boolean().default(true),
  }),
  z.object({ ...common, do: z.literal('delete') }),
  z.object({ ...common, do: z.literal('merge'), into: idSchema }),
  z.object({ ...common, do: z.literal('changeRequester'), requester: idSchema }),
  /** The ticket's requester is the same person as another end user, who stays. */
  z.object({ ...common, do: z.literal('mergeRequester'), requester: idSchema }),
  z.object({ ...common, do: z.literal('tag'), add: z.array(z.string()).default([]), remove: z.array(z.string()).default([]) }),
]);
export type AgentAction = z.input<typeof agentAction>;
type Parsed = z.output<typeof agentAction>;

export interface Acted {
  readonly ticketId: number;
  /** The comment that was added, if one was. */
  readonly commentId: number | null;
}

/**
 * Does what a person would do in the agent interface. It counts against the ticket's limit, as there.
 * @throws {Refusal} as the API: 404, 422 when closed, 429 over the limit; 422 when nobody is called `as`
 */
export async function act(session: ZendeskSession, url: string, input: AgentAction): Promise<Acted> {
  const action = agentAction.parse(input);
  const ticket = await ticketOr404(session.store, action.ticket);
  const user = await personCalled(session, action.as);
  const actor: Actor = isAgent(user) ? { user, channel: 'web', viaId: ViaId.web } : { user, channel: 'email', viaId: ViaId.mail };
  if (action.do === 'delete') {
    await deleteTicket(session, ticket);
    return { ticketId: ticket.id, commentId: null };
  }
  if (action.do === 'mergeRequester') {
    await mergeUsers(
      session,
      await userOr404(session.store, ticket.requester_id),
      await userOr404(session.store, action.requester),
    );
    return { ticketId: ticket.id, commentId: null };
  }
  await takeTicketUpdate(session, ticket.id, user.id);
  if (action.do === 'merge') {
    const target = await ticketOr404(session.store, action.into);
    await mergeTickets(session, { url, actor, sources: [ticket], target });
    return { ticketId: target.id, commentId: null };
  }
  const saved = await updateTicket(session, { url, actor, ticket, input: inputFor(action, ticket, user) });
  return { ticketId: ticket.id, commentId: saved.audit.events.find((event) => event.type === 'Comment')?.id ?? null };
}

type Editing = Exclude<Parsed, { do: 'delete' | 'merge' | 'mergeRequester' }>;

const STATUS_OF = { solve: 'solved', close: 'closed', reopen: 'open', pending: 'pending', hold: 'hold' } as const;

function inputFor(action: Editing, ticket: Ticket, user: User): TicketInput {
  switch (action.do) {
    case 'changeRequester':
      return { requester_id: action.requester };
    case 'tag':
      return { tags: editedTags(ticket, action.add, action.remove) };
    case 'reply':
      return { ...takenUp(ticket, user), comment: commentOf(action, true) };
    case 'note':
      return { comment: commentOf(action, false) };
    case 'solve':
    case 'close':
    case 'reopen':
    case 'pending':
    case 'hold':
      return { status: STATUS_OF[action.do], comment: commentOf(action, action.public) };
  }
}

/** An agent who answers a ticket that nobody has takes it. */
const takenUp = (ticket: Ticket, user: User): TicketInput =>
  isAgent(user) && ticket.assignee_id === null ? { assignee_id: user.id } : {};

function editedTags(ticket: Ticket, add: readonly string[], remove: readonly string[]): string[] {
  const gone = cleanTags(remove);
  return [...ticket.tags, ...add].filter((tag) => !gone.includes(tag));
}

const commentOf = (
  action: { text?: string | undefined; html?: string | undefined; uploads?: string[] | undefined },
  isPublic: boolean,
) => ({
  body: action.text,
  html_body: action.html,
  uploads: action.uploads,
  public: isPublic,
});

async function personCalled(session: ZendeskSession, as: number | string): Promise<User> {
  const wanted = String(as).toLowerCase();
  const all = await session.store.list(users);
  const found = all.find(
    (user) => user.active && [String(user.id), user.email?.toLowerCase(), user.name.toLowerCase()].includes(wanted),
  );
  if (!found) throw new Refusal(json(422, { error: 'RecordInvalid', description: `There is nobody called ${as}` }));
  return found;
}
