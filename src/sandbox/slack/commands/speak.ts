import { z } from 'zod';
import { Refusal } from '../../answer.ts';
import type { Installation } from '../apps/installation.ts';
import type { Channel } from '../channels/channel.ts';
import type { Member } from '../members/member.ts';
import { readContent } from '../messages/content.ts';
import { ephemerals } from '../messages/ephemeral.ts';
import { post } from '../messages/post.ts';
import { nextTs } from '../messages/timestamp.ts';
import type { Place } from '../workspace/place.ts';

const answerSchema = z.object({
  response_type: z.enum(['ephemeral', 'in_channel']).catch('ephemeral'),
  text: z.string().optional(),
  mrkdwn: z.boolean().default(true),
  blocks: z.unknown().optional(),
});

export interface Listener {
  readonly channel: Channel;
  /** Who typed the command. */
  readonly user: Member;
  readonly installation: Installation;
}

/** Says what an app answers to a command: to whoever typed it, or to all. Nothing said is nothing shown. */
export async function speak(place: Place, to: Listener, body: unknown): Promise<'ok' | 'invalid_payload' | 'no_text'> {
  const answer = answerSchema.safeParse(body);
  if (!answer.success) return 'invalid_payload';
  const { response_type, text, mrkdwn, blocks } = answer.data;
  let content;
  try {
    content = readContent({ text, mrkdwn, blocks });
  } catch (error) {
    if (error instanceof Refusal) return 'no_text';
    throw error;
  }
  const { channel, user, installation } = to;
  if (response_type === 'ephemeral') {
    await whisper(place, { channel, user, by: installation.bot_user_id }, content);
    return 'ok';
  }
  const by = { user: installation.bot_user_id, bot_id: installation.bot_id, app_id: installation.app_id };
  await post(place, channel, { ...content, ...by, subtype: 'bot_message' });
  return 'ok';
}

/** Tells one member something that nobody else sees. */
export async function whisper(
  { session }: Place,
  to: { readonly channel: Channel; readonly user: Member; readonly by: string },
  content: { readonly text: string; readonly mrkdwn?: boolean; readonly blocks?: Record<string, z.core.util.JSONType>[] | null },
): Promise<void> {
  const { channel, user, by } = to;
  const { text, mrkdwn = true, blocks = null } = content;
  const message = { channel: channel.id, ts: nextTs(session), to: user.id, text, mrkdwn, blocks };
  await session.store.put(ephemerals, { ...message, username: null, user: by });
}
