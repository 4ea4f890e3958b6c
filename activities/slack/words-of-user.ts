import type { Batch, BatchMessage, PlannedEffect } from '../batch.ts';
import { refTo } from '../batch.ts';
import { plainText } from '../../src/domain/plain-text.ts';
import { splitText } from '../../src/domain/split-text.ts';
import { mayDo, post, spoken } from './post.ts';
import { nameOf } from './profile.ts';
import type { Room } from './room.ts';
import { MAX_POST, literal, literalName, oneLine, sizeOf } from './text.ts';

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
    const file = fileOf(message, room);
    if (file === undefined) texts.push(message);
    else {
      flush();
      effects.push(...fileEffects(message, file, room));
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

/** The address of what is posted as a file. A plainer form shows the address instead. */
function fileOf({ content, form }: BatchMessage, { context }: Room): string | undefined {
  const isFile = content.type === 'image' || content.type === 'file';
  const mayPost = mayDo(context.account.data, 'files:write') && mayDo(context.account.data, 'files:read');
  return isFile && form === 'full' && mayPost ? content.mediaUrl : undefined;
}

/** The words that came with a file, if any, then the file. Slack shows files under its app's own name, so that says whose it is. */
function fileEffects(message: BatchMessage, url: string, room: Room): readonly PlannedEffect[] {
  const { seq, content } = message;
  const { context, channel } = room;
  const name = content.type === 'file' ? content.text?.trim() : undefined;
  const caption = content.type === 'image' ? (content.text?.trim() ?? '') : '';
  const upload = `file ${seq}`;
  const title = oneLine(name ?? '', 200) || (content.type === 'image' ? 'Image' : 'File');
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
      write: { kind: 'upload', url, scopes: ['files'], ...(name === undefined ? {} : { name: title }) },
    },
    ...(caption === '' ? [] : textPosts([{ ...message, content: { type: 'text' as const, text: caption } }], room)),
    { key: `share ${seq}`, summary: 'post a file', seqs: [seq], scopes: ['files'], write: share },
  ];
}
