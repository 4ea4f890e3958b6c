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

/** Splits text so that each part's literal form has at most so many bytes: at paragraphs, else lines, else words, else anywhere. */
export function splitText(text: string, maxBytes: number): readonly string[] {
  const parts: string[] = [];
  for (let rest = text; rest !== '';) {
    const part = head(rest, maxBytes);
    parts.push(part.trimEnd());
    rest = rest.slice(part.length);
  }
  return parts.length === 0 ? [''] : parts;
}

function head(text: string, maxBytes: number): string {
  if (bytesOf(text) <= maxBytes) return text;
  let length = Math.min(text.length, maxBytes);
  while (bytesOf(text.slice(0, length)) > maxBytes) length = Math.floor(length * 0.9);
  const whole = cut(text, length);
  for (const boundary of ['\n\n', '\n', ' ']) {
    const at = whole.lastIndexOf(boundary);
    if (at > length / 2) return whole.slice(0, at + boundary.length);
  }
  return whole;
}

/** How many bytes text takes in a comment. */
export const bytesOf = (text: string): number => Buffer.byteLength(literal(text));
