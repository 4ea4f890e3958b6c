import type { HookAccount, HookAnswer, Inbound, Outcome } from '../inbound.ts';
import { literal } from './text.ts';
import { agentIn, authorOf } from './agents.ts';
import type { Command } from './payload.ts';
import { profileLines } from './profile.ts';
import { readText } from './read-text.ts';

/** What a command asks for. A word after an exclamation mark is never for the app user, also when nobody knows it. */
export function wishOf(text: string): 'send' | 'help' | 'profile' | 'unknown' {
  const trimmed = text.trim();
  if (trimmed === '') return 'help';
  const word = /^!([\p{L}\p{N}_]+)/u.exec(trimmed)?.[1]?.toLowerCase();
  if (word === undefined) return 'send';
  return word === 'help' || word === 'profile' ? word : 'unknown';
}

/** What a command brings: words for the app user, a question, or nothing that is kept. */
export function readCommand(command: Command, account: HookAccount | undefined): readonly Inbound[] {
  const thread = command.channel_id;
  switch (wishOf(command.text)) {
    case 'send': {
      if (account === undefined) return [{ kind: 'ignored', reason: 'for a workspace that is not connected' }];
      // The words come last: whoever is told that it failed has sent nothing.
      return [...meet(command, account), wordsOf(command, account)];
    }
    case 'profile':
      return [{ kind: 'question', thread }];
    case 'help':
    case 'unknown':
      return [{ kind: 'ignored', reason: 'a command that is answered at once' }];
  }
}

function wordsOf({ trigger_id, channel_id, user_id, user_name, text }: Command, account: HookAccount): Inbound {
  const id = `command ${trigger_id}`;
  const content = { type: 'text' as const, text: readText(text.trim(), account.data) };
  const author = authorOf(account, user_id, user_name);
  return { kind: 'reply', key: id, thread: channel_id, remoteId: id, content, author, isCommand: true };
}

/** Of a member who is not known yet, Slack tells only the user name. The next words come under the name that they chose. */
const meet = ({ trigger_id, channel_id, user_id }: Command, { data }: HookAccount): readonly Inbound[] =>
  agentIn(data, user_id) === undefined ? [{ kind: 'notice', key: `met by ${trigger_id}`, thread: channel_id }] : [];

/** The words that only the agent sees, at once. For what goes to the app user there are none: the channel shows it to everybody. */
export function answerCommand({ command, text }: Command, { isConnected, accepted, thread }: Outcome): HookAnswer {
  const wish = wishOf(text);
  if (wish === 'help') return ephemeral(help(command));
  if (wish === 'unknown')
    return ephemeral(
      `There is no \`${command} ${literal(text.trim().split(/\s/)[0] ?? '')}\`. Nothing was sent.\n${help(command)}`,
    );
  if (!isConnected) return ephemeral('This workspace is not connected to Deskbridge, or no longer. Nothing was sent.');
  if (wish === 'profile' && thread !== undefined) return ephemeral(profileLines(thread.appUser, thread.appName).join('\n'));
  if (wish === 'send' && accepted?.isElsewhere === true)
    return ephemeral(
      'Sent. This channel is out of use: the conversation goes on in another one, which shows it as soon as there is one.',
    );
  if (wish === 'send' && accepted !== undefined) return { status: 200, headers: { 'content-type': 'text/plain' }, body: '' };
  return ephemeral(`This channel isn’t linked to a user, so \`${command}\` reaches nobody here. Nothing was sent.`);
}

const help = (command: string): string =>
  [
    `In the channel of a user, \`${command} your words\` sends them to that user. All else that is said there stays between you.`,
    `\`${command} !profile\` shows what is known of the user, \`${command} !help\` shows this.`,
    'Buttons and images: `%[Label](https://example.com)`, `%[Label](reply:PAYLOAD)`, `![](https://example.com/image.png)`.',
  ].join('\n');

const ephemeral = (text: string): HookAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify({ response_type: 'ephemeral', text }),
});
