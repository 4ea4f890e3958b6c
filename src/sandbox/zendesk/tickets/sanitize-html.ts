import { escapeHtml } from '../../../domain/html.ts';

const ALLOWED = new Set(
  'a b blockquote br code div em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span strong sub sup table tbody td th thead tr u ul'.split(
    ' ',
  ),
);
const VOID = new Set(['br', 'hr', 'img']);
const TOKEN =
  /<!--[\s\S]*?-->|<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)|<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/g;

/** Markup with only harmless tags and attributes left, each tag closed. Text stays, also that of unknown tags. */
export function sanitizeHtml(source: string): string {
  const open: string[] = [];
  let result = '';
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    result += escapeStray(source.slice(end, match.index));
    end = match.index + match[0].length;
    const name = match[3]?.toLowerCase();
    if (name !== undefined && ALLOWED.has(name))
      result += match[2] === '/' ? close(open, name) : opening(open, name, match[4] ?? '');
  }
  return (
    result +
    escapeStray(source.slice(end)) +
    open
      .toReversed()
      .map((name) => `</${name}>`)
      .join('')
  );
}

/** Entities stay as they are; what is left of angle brackets is text. */
const escapeStray = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function opening(open: string[], name: string, attributes: string): string {
  if (!VOID.has(name)) open.push(name);
  return `<${name}${safeAttributes(name, attributes)}>`;
}

/** Closes what was opened inside as well; a tag that was never opened is dropped. */
function close(open: string[], name: string): string {
  const index = open.lastIndexOf(name);
  if (index < 0) return '';
  return open
    .splice(index)
    .toReversed()
    .map((inner) => `</${inner}>`)
    .join('');
}

const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = { a: ['href', 'title'], img: ['src', 'alt', 'title'] };
const ATTRIBUTE = /([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;

function safeAttributes(name: string, source: string): string {
  const allowed = ATTRIBUTES[name] ?? [];
  const kept = [...source.matchAll(ATTRIBUTE)].flatMap(([, key = '', double, single, bare]) => {
    const attribute = key.toLowerCase();
    const value = decodeEntities(double ?? single ?? bare ?? '');
    if (!allowed.includes(attribute)) return [];
    if ((attribute === 'href' || attribute === 'src') && !/^(https?:|mailto:|tel:)/i.test(value.trim())) return [];
    return [` ${attribute}="${escapeHtml(value)}"`];
  });
  return kept.join('') + (name === 'a' ? ' rel="noopener noreferrer"' : '');
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** Entities as the characters that they stand for. */
export const decodeEntities = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi,
    (entity: string, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return NAMED[name.toLowerCase()] ?? entity;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number.parseInt(decimal, 10);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    },
  );

/** Markup as plain text: blocks and breaks become lines. */
export function htmlToText(markup: string): string {
  const lines = markup
    .replace(/<pre>[\s\S]*?<\/pre>/g, (block) => block.replaceAll('\n', '<br>'))
    .replace(/\s*\n\s*/g, ' ')
    .replace(/<br>/g, '\n')
    .replace(/<li>/g, '\n- ')
    .replace(/<hr>/g, '\n--\n')
    .replace(/<\/p>|<\/h\d>|<\/blockquote>|<\/pre>/g, '\n\n')
    .replace(/<\/div>|<\/tr>|<\/ul>|<\/ol>|<(?:div|p|ul|ol|blockquote|pre|h\d)>/g, '\n')
    .replace(/<[^>]*>/g, '');
  return decodeEntities(lines)
    .split('\n')
    .map((line) => line.replace(/ {2,}/g, ' ').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
