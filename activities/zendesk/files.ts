import type { BatchMessage } from '../batch.ts';

/** A file that an app user sent, to be attached to a comment. */
export interface File {
  /** Of the effect that uploads it. */
  readonly key: string;
  readonly seq: number;
  readonly url: string;
  readonly name: string;
}

/** Types that Zendesk compares with the ending of the name, the usual ending first. */
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/png': ['png'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'application/pdf': ['pdf'],
  'video/mp4': ['mp4'],
  'audio/mpeg': ['mp3'],
  'text/plain': ['txt', 'log', 'md', 'csv'],
};

/** The file of a message, unless it goes as a link: in a plainer form, or because there is none. */
export function fileOf({ seq, content, form }: BatchMessage): File | undefined {
  const { type, mediaUrl: url, mediaType } = content;
  if (form !== 'full' || url === undefined || (type !== 'image' && type !== 'file')) return undefined;
  return { key: `file ${seq}`, seq, url, name: withEnding(nameIn(url) ?? type, mediaType) };
}

/** The last part of an address, as far as it is fit for a name. */
function nameIn(url: string): string | undefined {
  const last = URL.parse(url)?.pathname.split('/').at(-1) ?? '';
  const name = decoded(last)
    .replaceAll(/[^\p{L}\p{N} ._()-]+/gu, '_')
    .replace(/^[. _]+/, '')
    .slice(-100);
  return name === '' ? undefined : name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Zendesk refuses a file whose name does not end as its type wants. */
export function withEnding(name: string, mediaType: string | undefined): string {
  const endings = ENDINGS[mediaType?.split(';')[0]?.trim().toLowerCase() ?? ''];
  const ending = name.includes('.') ? (name.split('.').at(-1)?.toLowerCase() ?? '') : '';
  return endings === undefined || endings.includes(ending) ? name : `${name}.${endings[0] ?? ''}`;
}
