import { refTo } from '../batch.ts';
import type { Batch, PlanContext, PlannedEffect } from '../batch.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { notesOf, wordsOf } from './chunks.ts';
import type { Chunk } from './chunks.ts';
import { nameOf, person, personId, profile } from './person.ts';
import { literalLine } from './text.ts';

/** Tickets of ours carry it, so that triggers can tell them apart. */
export const TAG = 'smooch';
/** Upload tokens live for an hour; a comment that had to wait for longer than this gets new ones. */
const UPLOAD_FRESH_MS = 45 * MINUTE;

/** What goes to a ticket as one comment: the app user's words for all to read, or a note between agents. */
interface Saying extends Chunk {
  readonly isPublic: boolean;
}

/**
 * Who the app user is, one comment for the batch (more, where it is too long) with its files uploaded before it, and then the rest
 * of the profile. Without an open ticket, the first comment opens one.
 */
export function plan(batch: Batch, context: PlanContext): readonly PlannedEffect[] {
  const said = sayings(batch, context).filter(({ key }) => !context.done.has(key));
  const opener = context.thread === undefined ? said[0] : undefined;
  const ticket = context.thread?.remoteId ?? refTo(opener?.key ?? '', 'thread');
  return [
    ...person(context),
    ...said.flatMap((saying) => [
      ...uploads(saying, context),
      saying === opener ? newTicket(saying, context) : comment(saying, ticket, context),
    ]),
    ...(batch.role === 'appUser' ? profile(context) : []),
  ];
}

/** What agents wrote elsewhere becomes an internal note: Zendesk mails it to nobody and we never take it for a reply. */
function sayings(batch: Batch, context: PlanContext): readonly Saying[] {
  if (batch.role === 'appMaker') return notesOf(batch.messages, context).map((note) => ({ ...note, isPublic: false }));
  const [first, ...rest] = wordsOf(batch.messages).map((words) => ({ ...words, isPublic: true }));
  const opening = opens(context) ? notesOf(batch.prelude, context, historyOf(context)) : [];
  return [...(first === undefined ? [] : [first]), ...opening.map((note) => ({ ...note, isPublic: false })), ...rest];
}

/** Whether the ticket begins with this batch: what was said before it is told in a note. */
const opens = ({ thread, nonce }: PlanContext): boolean => thread === undefined || thread.data['openedBy'] === nonce;

const historyOf = ({ transcriptUrl }: PlanContext): string | undefined =>
  transcriptUrl === undefined ? undefined : `Earlier messages of this conversation: ${transcriptUrl}`;

const uploads = ({ files }: Chunk, { done }: PlanContext): readonly PlannedEffect[] =>
  files
    .filter(({ key }) => !done.has(key))
    .map(({ key, seq, url, name }) => ({
      key,
      summary: 'upload a file',
      seqs: [],
      serves: [seq],
      repeatable: true,
      freshForMs: UPLOAD_FRESH_MS,
      write: { kind: 'upload', url, name },
    }));

function newTicket(saying: Saying, context: PlanContext): PlannedEffect {
  const requester = personId(context);
  const closed = context.previous?.state === 'closed' ? context.previous : undefined;
  const ticket = {
    subject: subjectOf(context),
    requester_id: requester,
    submitter_id: requester,
    external_id: `${context.installation}:${context.conversation}:${context.nonce}`,
    tags: [...tagsOf(closed?.data), TAG],
    ...bodyOf(saying, context),
    ...(closed === undefined ? {} : { via_followup_source_id: Number(closed.remoteId) }),
  };
  return {
    key: saying.key,
    summary: closed === undefined ? 'create the ticket' : 'create a follow-up ticket',
    seqs: saying.seqs,
    makes: 'thread',
    scopes: ['tickets'],
    write: { kind: 'ticket', idempotencyKey: `${context.installation}-${context.nonce}`, nonce: context.nonce, ticket },
  };
}

/** A follow-up has the tags of the closed ticket; sent tags take the place of those that Zendesk would copy. */
function tagsOf(data: JsonObject | undefined): readonly string[] {
  const tags = data?.['tags'];
  const texts = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  return texts.filter((tag) => tag !== TAG);
}

const comment = (saying: Saying, ticket: Json, context: PlanContext): PlannedEffect => ({
  key: saying.key,
  summary: saying.isPublic ? 'add a comment' : 'add an internal note',
  seqs: saying.seqs,
  scopes: ['tickets'],
  write: { kind: 'comment', ticket, person: personId(context), body: bodyOf(saying, context) },
});

/** Whether comments are public is said each time: Zendesk's default is what the first one was. */
function bodyOf({ key, html, files, isPublic }: Saying, context: PlanContext): JsonObject {
  return {
    comment: {
      html_body: html,
      public: isPublic,
      ...(isPublic ? { author_id: personId(context) } : {}),
      ...(files.length === 0 ? {} : { uploads: files.map((file) => refTo(file.key, 'token')) }),
    },
    // Found in the ticket's audits: tells whether a comment arrived.
    metadata: { deskbridge: `${context.nonce} ${key}` },
  };
}

const subjectOf = (context: PlanContext): string =>
  literalLine(`Conversation with ${nameOf(context) ?? 'a visitor'} (${context.app.name})`, 150);
