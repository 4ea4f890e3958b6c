import { defaultBrand } from '../account/brand.ts';
import type { ZendeskSession } from '../account/session.ts';
import { invalidField } from '../problem.ts';
import { createUser } from '../users/profile.ts';
import { userByIdentity } from '../users/identity.ts';
import type { User } from '../users/user.ts';
import { type Actor, changeEvents, type TicketDraft } from './draft.ts';
import { type Saved, saveTicket } from './save-ticket.ts';
import { type Ticket, tickets } from './ticket.ts';
import { type TicketInput, withInput } from './ticket-input.ts';
import { via, ViaId } from './via.ts';
import { type NewComment, saysSomething, writeComment } from './write-comment.ts';

export interface TicketCreation {
  readonly url: string;
  readonly actor: Actor;
  readonly input: TicketInput;
}

/**
 * Makes a ticket with its first comment, and runs the triggers.
 * @throws {Refusal} 422 without a comment, or when somebody named does not exist.
 */
export async function createTicket(session: ZendeskSession, creation: TicketCreation): Promise<Saved> {
  const { url, actor, input } = creation;
  const first: NewComment = input.comment ?? { body: input.description };
  if (!saysSomething(first)) throw invalidField('base', 'Description: cannot be blank', 'BlankValue');
  const parent = await followedUp(session, input.via_followup_source_id);
  const blank = await blankTicket(session, creation, parent);
  const filled = await withInput(session, blank, input);
  const draft: TicketDraft = {
    url,
    actor,
    auditId: session.nextId(),
    before: undefined,
    ticket: opened(filled),
    comment: undefined,
    events: [],
  };
  // A follow-up takes no submitter: its first comment is the caller's unless it names an author.
  const author = parent ? actor.user.id : filled.submitter_id;
  const isPublic = first.public ?? true;
  await writeComment(session, draft, { ...first, public: isPublic }, author);
  draft.ticket = {
    ...draft.ticket,
    is_public: isPublic,
    public_by_default: isPublic,
    description: draft.comment?.plain_body ?? '',
  };
  draft.events.push(...changeEvents(session, undefined, draft.ticket));
  const saved = await saveTicket(session, draft, { metadata: input.metadata, via: filled.via });
  if (parent) await session.store.put(tickets, { ...parent, followup_ids: [...parent.followup_ids, saved.ticket.id] });
  return saved;
}

/** Only a closed ticket can be followed up; naming another has no effect. */
async function followedUp(session: ZendeskSession, id: number | undefined): Promise<Ticket | undefined> {
  const parent = id === undefined ? undefined : await session.store.get(tickets, id);
  return parent?.status === 'closed' && !parent.deleted ? parent : undefined;
}

async function blankTicket(session: ZendeskSession, creation: TicketCreation, parent: Ticket | undefined): Promise<Ticket> {
  const { actor, input } = creation;
  const requesterId = input.requester_id ?? (await inlineRequester(session, actor.user, input))?.id ?? actor.user.id;
  const id = session.state.nextTicketId;
  session.update({ nextTicketId: id + 1 });
  const from = parent && { ticket_id: parent.id, subject: parent.subject, channel: parent.via.channel };
  return {
    id,
    external_id: null,
    subject: parent ? `Re: ${parent.subject ?? ''}` : null,
    description: '',
    status: 'new',
    priority: null,
    type: null,
    requester_id: requesterId,
    submitter_id: (parent ? actor.user.id : input.submitter_id) ?? requesterId,
    assignee_id: null,
    brand_id: (await defaultBrand(session.store)).id,
    email_cc_ids: [],
    tags: parent?.tags ?? [],
    custom_fields: [],
    followup_ids: [],
    is_public: false,
    via: from ? via(actor.channel, { from, rel: 'follow_up' }) : via(actor.channel),
    via_id: parent ? ViaId.closedTicket : actor.viaId,
    created_at: session.now,
    updated_at: session.now,
    public_by_default: true,
    comment_count: 0,
    solved_at: null,
    closed_at: null,
    deleted: false,
    change: 0,
  };
}

async function inlineRequester(session: ZendeskSession, actor: User, input: TicketInput): Promise<User | undefined> {
  if (!input.requester) return undefined;
  const { email, name } = input.requester;
  return (await userByIdentity(session.store, 'email', email)) ?? createUser(session, actor, { email, name: name ?? email });
}

/** A new ticket that somebody is responsible for is open. */
const opened = (ticket: Ticket): Ticket =>
  ticket.status === 'new' && ticket.assignee_id !== null ? { ...ticket, status: 'open' } : ticket;
