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

const ADDRESS = /\bhttps?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}']/g;

/** What a person typed, as Slack sends and keeps it. `name` tells what `@ben` and `#general` mean; unknown ones stay words. */
export function typedText(typed: string, name: (sign: '@' | '#', word: string) => string | undefined): string {
  const escaped = escapeText(typed);
  const linked = escaped.replace(ADDRESS, (address) => `<${address}>`);
  return linked.replace(
    /(^|[\s(])([@#])([\p{L}\p{N}._-]*[\p{L}\p{N}_-])/gu,
    (whole, before: string, sign: string, word: string) => {
      const token = sign === '@' || sign === '#' ? name(sign, word) : undefined;
      return token === undefined ? whole : `${before}<${token}>`;
    },
  );
}
