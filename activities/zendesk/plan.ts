import { createHash } from 'node:crypto';
import { refTo } from '../batch.ts';
import type { AppUserProfile, Batch, BatchMessage, PlanContext, PlannedEffect } from '../batch.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import { plainText } from '../../src/domain/plain-text.ts';
import { bytesOf, literal, splitText } from './text.ts';

/** Zendesk cuts comments silently at 64 kB. */
const MAX_COMMENT_BYTES = 60_000;
/** Tickets of ours carry it, so that triggers can tell them apart. */
export const TAG = 'smooch';
export const PERSON = 'person';

/** What one comment carries. */
interface Chunk {
  readonly key: string;
  readonly seqs: readonly number[];
  readonly html: string;
}

/**
 * One end user, then one comment for the batch (more, where it is too long); without an open ticket, the first comment opens one.
 * What agents wrote elsewhere becomes an internal note: Zendesk mails it to nobody and we never take it for a reply.
 */
export function plan(batch: Batch, context: PlanContext): readonly PlannedEffect[] {
  const chunks = chunksOf(batch).filter((chunk) => !context.done.has(chunk.key));
  const [first, ...rest] = chunks;
  if (batch.role === 'appMaker') return chunks.map((chunk) => comment(chunk, ticketOf(context), { isPublic: false, context }));
  const ticket = context.thread?.remoteId ?? (first === undefined ? undefined : refTo(first.key, 'thread'));
  if (first === undefined || ticket === undefined) return [...openingNote(batch, context)];
  const opens = context.thread === undefined;
  return [
    ...person(context),
    opens ? newTicket(first, context) : comment(first, ticket, { isPublic: true, context }),
    ...(opens ? openingNote(batch, context, ticket) : []),
    ...rest.map((chunk) => comment(chunk, ticket, { isPublic: true, context })),
  ];
}

function person(context: PlanContext): readonly PlannedEffect[] {
  const user = profileOf(context.appUser, context);
  const hash = digest(user);
  if (context.person?.profileHash === hash || context.done.has(PERSON)) return [];
  return [
    {
      key: PERSON,
      summary: context.person === undefined ? 'create the end user' : 'update the end user',
      seqs: [],
      makes: 'person',
      scopes: ['users'],
      repeatable: true,
      write: { kind: 'user', user, hash },
    },
  ];
}

/** An app user without a name is a visitor; Zendesk wants one. External ids are compared in lower case. */
function profileOf(user: AppUserProfile, context: PlanContext): JsonObject {
  const name = [user.givenName, user.surname].filter((part) => part !== undefined && part !== '').join(' ');
  return {
    external_id: `${context.installation}:${context.app.id}:${user.id}`.toLowerCase(),
    name: (name === '' ? (user.userId ?? `Visitor ${user.id.slice(-4)}`) : name).slice(0, 255),
    skip_verify_email: true,
  };
}

function newTicket(chunk: Chunk, context: PlanContext): PlannedEffect {
  const author = personId(context);
  const closed = context.previous?.state === 'closed' ? context.previous.remoteId : undefined;
  const ticket = {
    subject: subjectOf(context),
    requester_id: author,
    submitter_id: author,
    external_id: `${context.installation}:${context.conversation}:${context.nonce}`,
    tags: [TAG],
    comment: { html_body: chunk.html, public: true, author_id: author },
    metadata: { deskbridge: marker(chunk, context) },
    ...(closed === undefined ? {} : { via_followup_source_id: Number(closed) }),
  };
  // Another body under the same key would be refused, so the key names the body, too.
  const idempotencyKey = `${context.installation}-${context.nonce}-${digest(ticket)}`;
  return {
    key: chunk.key,
    summary: closed === undefined ? 'create the ticket' : 'create a follow-up ticket',
    seqs: chunk.seqs,
    makes: 'thread',
    scopes: ['tickets'],
    write: { kind: 'ticket', idempotencyKey, ticket },
  };
}

const digest = (value: JsonObject): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);

function comment(
  chunk: Chunk,
  ticket: Json,
  options: { readonly isPublic: boolean; readonly context: PlanContext },
): PlannedEffect {
  const { isPublic, context } = options;
  const status = context.thread?.data['status'];
  return {
    key: chunk.key,
    summary: isPublic ? 'add a comment' : 'add an internal note',
    seqs: chunk.seqs,
    scopes: ['tickets'],
    write: {
      kind: 'comment',
      ticket,
      // While nobody has touched a ticket it stays "new"; afterwards a word of the app user opens it again.
      reopen: !isPublic ? 'never' : status === undefined || status === 'new' ? 'ifResting' : 'always',
      body: {
        comment: { html_body: chunk.html, public: isPublic, ...(isPublic ? { author_id: personId(context) } : {}) },
        metadata: { deskbridge: marker(chunk, context) },
      },
    },
  };
}

/** What was said before the ticket began: agents' first words, and a link to all that came before Deskbridge was connected. */
function openingNote(
  batch: Batch,
  context: PlanContext,
  ticket: Json | undefined = context.thread?.remoteId,
): readonly PlannedEffect[] {
  const seqs = batch.prelude.map((message) => message.seq);
  const key = 'opening note';
  if (ticket === undefined || context.done.has(key) || (seqs.length === 0 && context.transcriptUrl === undefined)) return [];
  const lines = batch.prelude.map(noteHtml);
  if (context.transcriptUrl !== undefined)
    lines.unshift(`Earlier messages of this conversation: ${literal(context.transcriptUrl)}`);
  const html = clip(lines.join('<br><br>'));
  return [comment({ key, seqs, html }, ticket, { isPublic: false, context })];
}

const clip = (html: string): string =>
  Buffer.byteLength(html) <= MAX_COMMENT_BYTES ? html : `${html.slice(0, MAX_COMMENT_BYTES / 4)}…`;

/** Cut between messages where possible. A key names its content, so that a second plan leaves out what is written. */
function chunksOf(batch: Batch): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let open: { seqs: number[]; html: string } | undefined;
  const flush = (): void => {
    const seq = open?.seqs[0];
    if (open !== undefined && seq !== undefined) chunks.push({ key: `message ${seq}`, seqs: open.seqs, html: open.html });
    open = undefined;
  };
  for (const message of batch.messages) {
    const html = batch.role === 'appUser' ? literal(textOf(message)) : noteHtml(message);
    if (open !== undefined && Buffer.byteLength(open.html) + Buffer.byteLength(html) > MAX_COMMENT_BYTES) flush();
    if (bytesOf(textOf(message)) > MAX_COMMENT_BYTES) {
      flush();
      splitText(textOf(message), MAX_COMMENT_BYTES).forEach((part, index) =>
        chunks.push({ key: `message ${message.seq} part ${index + 1}`, seqs: [message.seq], html: literal(part) }),
      );
    } else if (open === undefined) open = { seqs: [message.seq], html };
    else open = { seqs: [...open.seqs, message.seq], html: `${open.html}<br><br>${html}` };
  }
  flush();
  return chunks;
}

function textOf(message: BatchMessage): string {
  if (message.form === 'missing')
    return `(A message is missing here: Zendesk refused it. Message ${message.seq} of the conversation.)`;
  return plainText(message.content);
}

function noteHtml(message: BatchMessage): string {
  const who = message.author.name ?? 'The team';
  const where = message.source.type === 'api' ? '' : ` (${message.source.type})`;
  return `<b>${literal(who + where)}:</b><br>${literal(textOf(message))}`;
}

const ticketOf = (context: PlanContext): Json => context.thread?.remoteId ?? '';

const personId = (context: PlanContext): Json => context.person?.remoteId ?? refTo(PERSON, 'person');

/** Found in the ticket's audits: tells whether a comment arrived. */
const marker = (chunk: Chunk, context: PlanContext): string => `${context.nonce} ${chunk.key}`;

function subjectOf(context: PlanContext): string {
  const { givenName, surname, userId } = context.appUser;
  const name = [givenName, surname].filter((part) => part !== undefined && part !== '').join(' ');
  const who = name === '' ? (userId ?? 'a visitor') : name;
  return literalSubject(`Conversation with ${who} (${context.app.name})`);
}

/** A subject is plain text, in which placeholders would be expanded all the same. */
const literalSubject = (text: string): string =>
  text
    .replaceAll(/\{(?=[{%])/g, '{\u2060')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 150);
