import { escapeHtml } from '../../../domain/html.ts';
import { htmlToText, sanitizeHtml } from './sanitize-html.ts';

/** The three forms in which a comment is kept. */
export interface CommentText {
  readonly body: string;
  readonly html_body: string;
  readonly plain_body: string;
}

const MAX_BYTES = 65_535;

/** What is over the limit goes without a word, as at Zendesk. */
export function cutToLimit(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= MAX_BYTES
    ? text
    : bytes
        .subarray(0, MAX_BYTES)
        .toString('utf8')
        .replace(/\uFFFD+$/, '');
}

/** A comment that was sent as HTML. */
export function fromHtml(source: string): CommentText {
  const clean = sanitizeHtml(cutToLimit(source));
  const plain = htmlToText(clean);
  return { body: plain, html_body: wrap(clean), plain_body: plain };
}

/** A comment that was sent as text. Runs of spaces and newlines collapse; Markdown counts only in what agents write. */
export function fromText(source: string, markdown: boolean): CommentText {
  const body = cutToLimit(source)
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]{2,}/g, ' ')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  const paragraphs = body.split('\n\n').map((paragraph) => `<p>${inline(paragraph, markdown).replaceAll('\n', '<br>')}</p>`);
  const clean = paragraphs.join('');
  return { body, html_body: wrap(clean), plain_body: htmlToText(clean) };
}

const wrap = (clean: string): string => `<div class="zd-comment" dir="auto">${clean}</div>`;

function inline(text: string, markdown: boolean): string {
  const safe = escapeHtml(text);
  if (!markdown) return safe;
  return safe
    .replace(/`([^`\n]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*\n]+)\*\*/g, '<strong>$1</strong>')
    .replace(/(?<![\w*])\*([^*\s][^*\n]*)\*(?![\w*])/g, '<em>$1</em>')
    .replace(/\[([^\]\n]+)\]\((https?:[^\s)]+)\)/g, '<a href="$2" rel="noopener noreferrer">$1</a>');
}
