import { z } from 'zod';
import { readConversation } from '../../db/conversations.ts';
import { isSaidBefore, lastSaid, readMessages } from '../../db/messages.ts';
import type { Slice } from '../../db/messages.ts';
import type { Message } from '../../domain/message.ts';
import { wireMessage } from '../../domain/wire.ts';
import type { Answer } from '../answer.ts';
import type { UserCall } from '../call.ts';
import type { ApiDeps } from '../deps.ts';
import { parse } from '../parse.ts';
import { badRequest } from '../problem.ts';
import { wireConversation } from './wire-conversation.ts';

const PAGE = 100;
/** Far beyond any clock, and still a number that PostgreSQL counts in. */
const LATEST = 1e12;

const expected = 'expected seconds since 1970, such as 1471995721.5';
const seconds = z
  .string(expected)
  .regex(/^\d+(\.\d+)?$/, expected)
  .transform(Number)
  .refine((number) => number <= LATEST, expected)
  .exactOptional();
const Query = z.object({ before: seconds, after: seconds });

/** A page of a conversation, with links to the ones around it. */
export async function listMessages(deps: ApiDeps, { user, query, url }: UserCall): Promise<Answer> {
  const { before, after } = parse(Query, query);
  if (before !== undefined && after !== undefined) throw badRequest('before, after: expected one of them, not both');
  const messages = await readMessages(deps.db, user.conversation, sliceOf(before, after), PAGE);
  const conversation = await readConversation(deps.db, user.conversation);
  return {
    status: 200,
    body: {
      conversation: wireConversation(conversation),
      messages: messages.map((message) => wireMessage(message, user.id)),
      ...(await linksOf(deps, { user, messages, url })),
    },
  };
}

/** Mostly the conversation's last number is that of what was said last, and shown: there is nothing to look up then. */
async function lastSeqOf({ db }: ApiDeps, user: UserCall['user'], shown: readonly Message[]): Promise<number> {
  return shown.at(-1)?.seq === user.last_seq ? user.last_seq : await lastSaid(db, user.conversation);
}

function sliceOf(before: number | undefined, after: number | undefined): Slice {
  if (before !== undefined) return { kind: 'before', at: Math.ceil(toMs(before)) };
  if (after !== undefined) return { kind: 'after', at: Math.floor(toMs(after)) };
  return { kind: 'newest' };
}

/** A float of seconds is off by some ten-thousandths of a millisecond. */
const toMs = (time: number): number => Math.round(time * 1e6) / 1e3;

/** Where there is more, on either side. */
async function linksOf(
  deps: ApiDeps,
  { user, messages, url }: Pick<UserCall, 'user' | 'url'> & { readonly messages: readonly Message[] },
) {
  const [first, last] = [messages[0], messages.at(-1)];
  if (first === undefined || last === undefined) return {};
  const hasNext = last.seq < (await lastSeqOf(deps, user, messages));
  const hasPrevious = first.seq > 1 && (await isSaidBefore(deps.db, user.conversation, first.seq));
  return {
    ...(hasNext && { next: `${url}?after=${last.acceptedAt / 1_000}` }),
    ...(hasPrevious && { previous: `${url}?before=${first.acceptedAt / 1_000}` }),
  };
}
