/** What may stand between `<` and `>`: a mention, a channel, something special such as `!here`, or an address. */
const TOKEN = /<(?:@[UWB][A-Z0-9]+|#C[A-Z0-9]+|![a-z]+(?:\^[^<>|]*)?|(?:https?|mailto|tel|slack):[^<>|\s]*)(?:\|[^<>]*)?>/;

const ENTITY = /&(?:amp|lt|gt);/;

/** Text as Slack keeps it: the three signs that mean something are escaped wherever they mean nothing. */
export function storedText(sent: string): string {
  const pieces = sent.split(new RegExp(`(${TOKEN.source}|${ENTITY.source})`));
  // Every second piece is one that `split` was told to keep.
  return pieces.map((piece, index) => (index % 2 === 1 ? piece : escapeText(piece))).join('');
}

export const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const unescapeText = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Whom a text calls: members, and `!channel`, `!here`, `!everyone`. */
export const pingsIn = (text: string): readonly string[] =>
  [...text.matchAll(/<(?:@([UW][A-Z0-9]+)|(!(?:channel|here|everyone)))(?:\|[^<>]*)?>/g)].map(
    ([, user, all]) => user ?? all ?? '',
  );

/** The pieces of a stored text: plain words, and tokens without their brackets. */
export const splitTokens = (text: string): readonly { readonly token: boolean; readonly text: string }[] =>
  text
    .split(new RegExp(`(${TOKEN.source})`))
    .map((piece, index) => ({ token: index % 2 === 1, text: index % 2 === 1 ? piece.slice(1, -1) : piece }));

/** Ends before a sign that would end a sentence, and before an escaped bracket. */
const ADDRESS = /\bhttps?:\/\/(?:(?!&[lg]t;)[^\s<>"])*(?!&[lg]t;)[^\s<>".,;:!?)\]}']/g;

/** Tells what `@ben` and `#general` mean; unknown ones stay words. */
export type Naming = (sign: '@' | '#', word: string) => string | undefined;

/** What a person typed, as Slack sends and keeps it. */
export const typedText = (typed: string, name: Naming): string => linkedText(escapeText(typed), { addresses: true, name });

interface Linking {
  readonly addresses: boolean;
  readonly name: Naming | undefined;
}

/** Stored text, with links made of what only looks like one. */
export const linkedText = (stored: string, { addresses, name }: Linking): string =>
  splitTokens(stored)
    .map((piece) => {
      if (piece.token) return `<${piece.text}>`;
      const linked = addresses ? piece.text.replace(ADDRESS, (address) => `<${address}>`) : piece.text;
      return name === undefined ? linked : linkNames(linked, name);
    })
    .join('');

function linkNames(text: string, name: Naming): string {
  return text.replace(
    /(^|[\s(])([@#])([\p{L}\p{N}._-]*[\p{L}\p{N}_-])/gu,
    (whole, before: string, sign: string, word: string) => {
      const token = sign === '@' || sign === '#' ? name(sign, word) : undefined;
      return token === undefined ? whole : `${before}<${token}>`;
    },
  );
}
