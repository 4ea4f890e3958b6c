import type { PlannedEffect } from '../batch.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import { postScopes } from './limits.ts';
import type { Room } from './room.ts';
import { literal, oneLine } from './text.ts';

export interface Post {
  readonly key: string;
  readonly summary: string;
  readonly seqs: readonly number[];
  readonly message: JsonObject;
  readonly keeps?: JsonObject;
}

/** A post in a person's channel. Nobody is called by it, and no address is unfolded. */
export function post(room: Room, { key, summary, seqs, message, keeps }: Post): PlannedEffect {
  const { channel, context } = room;
  // The conversation's own name, because the channel's is not known before it is made.
  const scopes = postScopes(context.conversation);
  const write = {
    kind: 'post',
    channel,
    message,
    mark: `${context.nonce} ${key}`,
    isExtra: seqs.length === 0,
    scopes,
    keeps: keeps ?? {},
  };
  return { key, summary, seqs, scopes, write };
}

/** Under whose name and picture a post appears, and its words. */
export interface Spoken {
  readonly name: string;
  readonly picture: string | undefined;
  readonly emoji: string;
  /** Literal already. */
  readonly text: string;
  /** Small print below, formatted. */
  readonly note: string;
}

/** What somebody said, word for word: formatting is off. Without the right to post under another name, it stands in front. */
export function spoken({ context }: Room, { name, picture, emoji, text, note }: Spoken): JsonObject {
  const attachments = [{ fallback: note, text: note, mrkdwn_in: ['text'] }];
  if (!mayDo(context.account.data, 'chat:write.customize'))
    return { text: `${literal(name)}: ${text}`, mrkdwn: false, attachments };
  const face = picture?.startsWith('https://') === true ? { icon_url: picture } : { icon_emoji: emoji };
  return { text, mrkdwn: false, attachments, username: signsOff(name), ...face };
}

/** A name that is nothing but a name. */
const signsOff = (name: string): string => oneLine(name.replaceAll(/[<>]/g, ''), 80) || 'Somebody';

/** Whether a right was granted. What is not known yet counts as granted. */
export const mayDo = (data: JsonObject, scope: string): boolean => {
  const scopes = data['scopes'];
  return !isList(scopes) || scopes.includes(scope);
};

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
