import type { Batch, BatchMessage, PlannedEffect } from '../batch.ts';
import { refTo } from '../batch.ts';
import { plainText } from '../../src/domain/plain-text.ts';
import { splitText } from '../../src/domain/split-text.ts';
import { mayDo, post, spoken } from './post.ts';
import { nameOf } from './profile.ts';
import type { Room } from './room.ts';
import { MAX_POST, literal, literalName, sizeOf } from './text.ts';

/** After so long an uploaded file is brought to Slack anew. */
const FILE_FRESH_MS = 60 * 60_000;

/** What the app user said: texts together as long as that stays readable, each file on its own. */
export function wordsOfUser(batch: Batch, room: Room): readonly PlannedEffect[] {
  const effects: PlannedEffect[] = [];
  let texts: BatchMessage[] = [];
  const flush = (): void => {
    effects.push(...textPosts(texts, room));
    texts = [];
  };
  for (const message of batch.messages) {
    if (!isFile(message)) texts.push(message);
    else {
      flush();
      // Also as a link it is a post of its own: what stands in a post must not depend on what became of a file beside it.
      const url = urlOf(message, room);
      effects.push(...(url === undefined ? textPosts([message], room) : fileEffects(message, url, room)));
    }
  }
  flush();
  return effects;
}

/** Texts follow each other line by line; where one has several lines itself, with a free line between. */
function textPosts(messages: readonly BatchMessage[], room: Room): readonly PlannedEffect[] {
  const said = messages.map((message) => ({ seq: message.seq, text: textOf(message) }));
  const between = said.some(({ text }) => text.includes('\n')) ? '\n\n' : '\n';
  const chunks: { key: string; seqs: readonly number[]; text: string }[] = [];
  for (const { seq, text } of said) {
    const last = chunks.at(-1);
    const parts = splitText(text, MAX_POST, sizeOf);
    if (
      last !== undefined &&
      parts.length === 1 &&
      sizeOf(last.text) + sizeOf(text) + 2 <= MAX_POST &&
      !last.key.includes('part')
    )
      chunks[chunks.length - 1] = { ...last, seqs: [...last.seqs, seq], text: last.text + between + text };
    else if (parts.length === 1) chunks.push({ key: `message ${seq}`, seqs: [seq], text });
    else parts.forEach((part, index) => chunks.push({ key: `message ${seq} part ${index + 1}`, seqs: [seq], text: part }));
  }
  return chunks.map(({ key, seqs, text }) =>
    post(room, {
      key,
      seqs,
      summary: 'post what the user wrote',
      message: spoken(room, { ...faceOf(room), text: literal(text) }),
    }),
  );
}

function faceOf({ context }: Room) {
  const { appUser, operator } = context;
  const note = `Use \`${operator['command'] ?? '/sk'} your answer\` to reply`;
  return { name: nameOf(appUser), picture: appUser.avatarUrl, emoji: ':bust_in_silhouette:', note };
}

function textOf(message: BatchMessage): string {
  if (message.form === 'missing')
    return `(A message is missing here: Slack refused it. Message ${message.seq} of the conversation.)`;
  return plainText(message.content);
}

const isFile = ({ content }: BatchMessage): boolean => content.type === 'image' || content.type === 'file';

/** The address of what is posted as a file. A plainer form shows the address instead. */
function urlOf({ content, form }: BatchMessage, { context }: Room): string | undefined {
  const mayPost = mayDo(context.account.data, 'files:write') && mayDo(context.account.data, 'files:read');
  return form === 'full' && mayPost ? content.mediaUrl : undefined;
}

/**
 * A file, then the words that came with it, if any: where Slack does not take the file, nothing of the message is said yet, and all of
 * it can be said in a plainer form. Slack shows files under its app's own name, so that says whose it is.
 */
function fileEffects(message: BatchMessage, url: string, room: Room): readonly PlannedEffect[] {
  const { seq, content } = message;
  const { context, channel } = room;
  const caption = content.text?.trim() ?? '';
  const upload = `file ${seq}`;
  const title = content.type === 'image' ? 'Image' : 'File';
  const share = {
    kind: 'share',
    channel,
    file: refTo(upload, 'token'),
    title,
    comment: `From *${literalName(nameOf(context.appUser))}*`,
    scopes: ['files'],
  };
  return [
    {
      key: upload,
      summary: 'bring a file to Slack',
      seqs: [],
      serves: [seq],
      scopes: ['files'],
      repeatable: true,
      freshForMs: FILE_FRESH_MS,
      write: { kind: 'upload', url, scopes: ['files'] },
    },
    { key: `share ${seq}`, summary: 'post a file', seqs: [seq], scopes: ['files'], write: share },
    ...(caption === '' ? [] : textPosts([{ ...message, content: { type: 'text' as const, text: caption } }], room)),
  ];
}
