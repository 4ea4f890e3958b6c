import { escapeHtml } from '../../src/domain/html.ts';

const WORD_JOINER = '\u2060';

/**
 * Makes text literal in a Zendesk comment: no HTML, no Markdown (Zendesk renders none in `html_body`), and no placeholder or Liquid,
 * which Zendesk would expand for an agent's token. Lines stay lines.
 */
export function literal(text: string): string {
  const inert = text.replaceAll(/\{(?=[{%])|[}%](?=\})/g, (brace) => brace + WORD_JOINER);
  return escapeHtml(inert).replaceAll(/\r\n?|\n/g, '<br>');
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
  // Not between the halves of a surrogate pair.
  if (/[\uD800-\uDBFF]/.test(text.charAt(length - 1))) length -= 1;
  const whole = text.slice(0, length);
  for (const boundary of ['\n\n', '\n', ' ']) {
    const at = whole.lastIndexOf(boundary);
    if (at > length / 2) return whole.slice(0, at + boundary.length);
  }
  return whole;
}

export const bytesOf = (text: string): number => Buffer.byteLength(literal(text));
