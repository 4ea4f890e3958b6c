import type { BatchMessage, PlannedEffect } from '../batch.ts';
import { plainText } from '../../src/domain/plain-text.ts';
import { splitText } from '../../src/domain/split-text.ts';
import { post, spoken } from './post.ts';
import { nameOf } from './profile.ts';
import type { Room } from './room.ts';
import { MAX_POST, literal, literalName, sizeOf } from './text.ts';

/** What agents sent to the app user, here or elsewhere, for colleagues to see: under the agent's name, each on its own. */
export const wordsOfAgents = (messages: readonly BatchMessage[], room: Room): readonly PlannedEffect[] =>
  messages.flatMap((message) => {
    const parts = splitText(textOf(message), MAX_POST, sizeOf);
    return parts.map((part, index) =>
      post(room, {
        key: parts.length === 1 ? `message ${message.seq}` : `message ${message.seq} part ${index + 1}`,
        summary: 'show an agent’s answer',
        seqs: [message.seq],
        message: spoken(room, {
          name: agentName(message),
          picture: message.author.avatarUrl,
          emoji: ':speech_balloon:',
          text: literal(part),
          note: noteOf(message, room),
        }),
      }),
    );
  });

/** How an agent is called where posts carry names. */
export const agentName = ({ author }: BatchMessage): string =>
  author.name === undefined || author.name === '' ? 'The team' : author.name;

/** What was typed here was sent with the command; what came from elsewhere says from where. */
function noteOf({ source }: BatchMessage, { context }: Room): string {
  const to = `Sent to ${literalName(nameOf(context.appUser))}`;
  if (source.type === 'slack') return `${to} with \`${context.operator['command'] ?? '/sk'}\``;
  return source.type === 'api' ? to : `${to} from ${literalName(context.systemLabel(source.type))}`;
}

function textOf(message: BatchMessage): string {
  if (message.form === 'missing')
    return `(An answer is missing here: Slack refused it. Message ${message.seq} of the conversation.)`;
  return plainText(message.content);
}
