import { z } from 'zod';
import { type Answer, json, Refusal } from '../../answer.ts';
import type { MemberAction } from '../control/member-action.ts';

interface Sent {
  readonly as: string;
  readonly channel: string;
  readonly form: URLSearchParams;
}

const fileSchema = z.object({ name: z.string(), base64: z.string() });

/** What somebody wants who sent one of the forms of the page. @throws {Refusal} in words for them */
export function actionOf({ as, channel, form }: Sent): MemberAction {
  const does = form.get('do') ?? 'say';
  const ts = form.get('ts') ?? '';
  switch (does) {
    case 'say':
      return saying({ as, channel, form });
    case 'react':
      return { as, channel, do: 'react', ts, name: form.get('name') ?? '+1' };
    case 'deleteMessage':
      return { as, channel, do: 'deleteMessage', ts };
    case 'join':
    case 'leave':
    case 'archive':
    case 'unarchive':
    case 'deleteChannel':
      return { as, channel, do: does };
    default:
      throw refused('There is no such thing to do.');
  }
}

/** What begins with a slash is a command, and commands are not for threads. */
function saying({ as, channel, form }: Sent): MemberAction {
  const text = (form.get('text') ?? '').replaceAll('\r\n', '\n').trim();
  const thread = form.get('thread');
  const files = form.getAll('file').map((sent) => fileSchema.parse(JSON.parse(sent)));
  if (text === '' && files.length === 0) throw refused('There is nothing to send.');
  const command = /^\/\S+/.exec(text)?.[0];
  if (command === undefined) return { as, channel, do: 'post', text, files, ...(thread !== null && { thread }) };
  if (thread !== null) throw refused(`${command} is not supported in threads. Sorry!`);
  return { as, channel, do: 'command', text };
}

const refused = (problem: string): Refusal => new Refusal(json(422, { problem }));

const WORDS: Readonly<Record<string, string>> = {
  cant_archive_general: 'The general channel cannot be archived.',
  channel_not_found: 'There is no such channel, or you cannot see it.',
  invalid_name_specials: 'Names of channels have small letters, digits, hyphens and underscores only.',
  is_archived: 'This channel is archived.',
  message_not_found: 'This message is gone.',
  name_taken: 'There is a channel of that name already. It may be archived or private.',
  not_in_channel: 'You are not in this channel.',
  restricted_action: 'Your workspace does not let you do this.',
};

const refusal = z.object({ problem: z.string().optional(), error: z.string().optional() });

/** What a refusal says, for people. */
export function problemOf({ body }: Answer): string {
  const { problem, error = '' } = refusal.parse(JSON.parse(typeof body === 'string' ? body : '{}'));
  return problem ?? WORDS[error] ?? `Slack says: ${error}`;
}
