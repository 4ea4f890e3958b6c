import { escapeHtml } from '../../src/domain/html.ts';

const WORD_JOINER = '\u2060';

/**
 * Makes text literal in a Zendesk comment: no HTML, no Markdown (Zendesk renders none in `html_body`), and no placeholder or Liquid,
 * which Zendesk would expand for an agent's token. Lines stay lines, and runs of spaces stay runs.
 */
export const literal = (text: string): string =>
  escapeHtml(inert(text))
    .replaceAll(/ (?= )/g, '&nbsp;')
    .replaceAll(/\r\n?|\n/g, '<br>');

/** The same for what is plain text at Zendesk: a subject, a name. One line of at most so many characters. */
export const literalLine = (text: string, most: number): string => cut(inert(text.replaceAll(/\s+/g, ' ').trim()), most);

/** Placeholders and Liquid without their effect. */
const inert = (text: string): string => text.replaceAll(/\{(?=[{%])|[}%](?=\})/g, (brace) => brace + WORD_JOINER);

/** Never between the halves of a surrogate pair. */
function cut(text: string, length: number): string {
  const part = text.slice(0, length);
  return /[\uD800-\uDBFF]$/.test(part) ? part.slice(0, -1) : part;
}

/** How many bytes text takes in a comment. */
export const bytesOf = (text: string): number => Buffer.byteLength(literal(text));
