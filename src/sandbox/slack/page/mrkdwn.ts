import { type Html, html } from '../../../domain/html.ts';
import { splitTokens, unescapeText } from '../messages/text.ts';
import { emoji } from './emoji.ts';

/** What names are shown for ids, and where channels are. */
export interface Names {
  /** Of members and apps' users. */
  member(id: string): string | undefined;
  /** `undefined` for channels that the viewer does not see. */
  channel(id: string): { readonly name: string; readonly href: string } | undefined;
}

type Inline = Html | string;

/** Stored text as Slack shows it: mentions and links alive, `*bold*`, `_italic_`, `~struck~`, code, quotes. */
export function mrkdwn(text: string, names: Names): Html {
  const parts = text.split(/```([\s\S]+?)```/);
  return html`${parts.map((part, index) =>
    index % 2 === 1 ? html`<pre>${plain(part.replace(/^\n|\n$/g, ''))}</pre>` : paragraphs(part, names),
  )}`;
}

/** Stored text of a post whose formatting is switched off: signs are signs. */
export const unformatted = (text: string, names: Names): Html =>
  html`${text.split('\n').map((line, index) => html`${index > 0 && html`<br />`}${alive(line, names)}`)}`;

function paragraphs(text: string, names: Names): Html {
  if (text === '') return html``;
  const lines = text.split('\n');
  return html`${lines.map((line, index) => {
    const isQuote = line.startsWith('&gt;');
    const shown = html`${codes(isQuote ? line.slice(4).trimStart() : line, names)}`;
    if (isQuote) return html`<blockquote>${shown}</blockquote>`;
    return index < lines.length - 1 ? html`${shown}<br />` : shown;
  })}`;
}

/** Nothing has a meaning between backticks, except what stands between brackets. */
function codes(line: string, names: Names): readonly Inline[] {
  return line
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? html`<code>${plain(part)}</code>` : html`${styled(part, names)}`));
}

const STYLES = [
  { sign: '*', wrap: (inner: readonly Inline[]): Html => html`<strong>${inner}</strong>` },
  { sign: '_', wrap: (inner: readonly Inline[]): Html => html`<em>${inner}</em>` },
  { sign: '~', wrap: (inner: readonly Inline[]): Html => html`<s>${inner}</s>` },
] as const;

/** Words between two of the same sign, with nothing but ends of words around. */
function styled(text: string, names: Names): readonly Inline[] {
  for (const { sign, wrap } of STYLES) {
    const found = new RegExp(`(^|[\\s(\\p{P}])[${sign}](\\S|\\S[^\\n]*?\\S)[${sign}](?=$|[\\s)\\p{P}])`, 'u').exec(text);
    if (!found || /<[^>]*$/.test(text.slice(0, found.index + 1))) continue;
    const [whole, before = '', inner = ''] = found;
    const after = text.slice(found.index + whole.length);
    return [...styled(text.slice(0, found.index) + before, names), wrap(styled(inner, names)), ...styled(after, names)];
  }
  return alive(text, names);
}

/** What stands between brackets has a meaning, formatted or not. */
const alive = (text: string, names: Names): readonly Inline[] =>
  splitTokens(text).map((piece) => (piece.token ? token(piece.text, names) : withEmoji(plain(piece.text))));

const plain = unescapeText;

const withEmoji = (text: string): string => text.replace(/:([a-z0-9_+-]+):/g, (_whole, name: string) => emoji(name));

function token(inside: string, names: Names): Html {
  const [target = '', label] = inside.split('|', 2);
  if (target.startsWith('@'))
    return html`<span class="mention">@${names.member(target.slice(1)) ?? label ?? target.slice(1)}</span>`;
  if (target.startsWith('!')) return html`<span class="mention all">@${target.slice(1)}</span>`;
  if (target.startsWith('#')) return channelLink(target.slice(1), names);
  const address = unescapeText(target);
  return html`<a href="${address}" target="_blank" rel="noreferrer">${label === undefined ? address : plain(label)}</a>`;
}

function channelLink(id: string, names: Names): Html {
  const channel = names.channel(id);
  return channel
    ? html`<a class="mention" href="${channel.href}">#${channel.name}</a>`
    : html`<span class="mention">🔒 private channel</span>`;
}
