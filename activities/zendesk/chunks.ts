import type { BatchMessage, PlanContext } from '../batch.ts';
import { plainText } from '../../src/domain/plain-text.ts';
import { fileOf } from './files.ts';
import type { File } from './files.ts';
import { splitText } from '../../src/domain/split-text.ts';
import { bytesOf, literal } from './text.ts';

/** Zendesk cuts comments silently at 64 kB. */
const MAX_COMMENT_BYTES = 60_000;
const GAP = '<br><br>';

/** What one comment carries. The key names its content, so that a second plan leaves out what is written. */
export interface Chunk {
  readonly key: string;
  readonly seqs: readonly number[];
  readonly html: string;
  readonly files: readonly File[];
}

/** One message, or one paragraph of ours, before comments are made of them. */
interface Piece {
  readonly key: string;
  readonly seqs: readonly number[];
  /** Who says it, for notes. */
  readonly head: string;
  readonly text: string;
  readonly files: readonly File[];
}

/** The app user's own words, with files as files. */
export const wordsOf = (messages: readonly BatchMessage[]): readonly Chunk[] =>
  chunksOf(
    messages.map((message) => {
      const file = fileOf(message);
      const text = file === undefined ? textOf(message) : [message.content.text, `(attached: ${file.name})`];
      return {
        key: `message ${message.seq}`,
        seqs: [message.seq],
        head: '',
        text: typeof text === 'string' ? text : text.filter((part) => part !== undefined && part.trim() !== '').join('\n'),
        files: file === undefined ? [] : [file],
      };
    }),
  );

/** What agents said elsewhere, each under their name and with where; before it, what else is to be told. */
export const notesOf = (
  messages: readonly BatchMessage[],
  { systemLabel }: Pick<PlanContext, 'systemLabel'>,
  opening?: string,
): readonly Chunk[] =>
  chunksOf([
    ...(opening === undefined ? [] : [{ key: 'opening note', seqs: [], head: '', text: opening, files: [] }]),
    ...messages.map((message) => ({
      key: `message ${message.seq}`,
      seqs: [message.seq],
      head: `<b>${literal(headOf(message, systemLabel))}:</b><br>`,
      text: textOf(message),
      files: [],
    })),
  ]);

const headOf = ({ author, source }: BatchMessage, systemLabel: PlanContext['systemLabel']): string =>
  (author.name ?? 'The team') + (source.type === 'api' ? '' : ` (${systemLabel(source.type)})`);

function textOf(message: BatchMessage): string {
  if (message.form === 'missing')
    return `(A message is missing here: Zendesk refused it. Message ${message.seq} of the conversation.)`;
  return plainText(message.content);
}

/** As few comments as fit, cut between pieces where possible. */
function chunksOf(pieces: readonly Piece[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (const part of pieces.flatMap(partsOf)) {
    const last = chunks.at(-1);
    if (last === undefined || Buffer.byteLength(last.html + GAP + part.html) > MAX_COMMENT_BYTES) chunks.push(part);
    else chunks[chunks.length - 1] = joined(last, part);
  }
  return chunks;
}

const joined = (a: Chunk, b: Chunk): Chunk => ({
  key: a.key,
  seqs: [...a.seqs, ...b.seqs.filter((seq) => !a.seqs.includes(seq))],
  html: a.html + GAP + b.html,
  files: [...a.files, ...b.files],
});

/** A piece that is too long for a comment is several. */
function partsOf(piece: Piece): readonly Chunk[] {
  const { key, seqs, head, text, files } = piece;
  const room = MAX_COMMENT_BYTES - Buffer.byteLength(head);
  if (bytesOf(text) <= room) return [{ key, seqs, html: head + literal(text), files }];
  return splitText(text, room, bytesOf).map((part, index) => ({
    key: `${key} part ${index + 1}`,
    seqs,
    html: (index === 0 ? head : '') + literal(part),
    files: index === 0 ? files : [],
  }));
}
