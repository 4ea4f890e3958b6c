import type { Action, Content } from './message.ts';

/** A message has at most so many buttons, */
const MAX_ACTIONS = 10;
/** an address so many characters, */
const MAX_URL = 2_048;
/** and what stands on a button so many. What is longer is text, and not searched for its end. */
const MAX_LABEL = 256;

/** One piece of shorthand, or the text around it. */
type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly text: string; readonly action: Omit<Action, 'id'> }
  | { readonly kind: 'image'; readonly text: string; readonly url: string };

/**
 * Turns what an agent types for buttons and images into buttons and images:
 *
 * `%[Text](https://…)` a link, `%[Text](reply:PAYLOAD)` a quick reply, `%[Text](postback:PAYLOAD)`, `%[Text](location)`,
 * `$[Text](25.00)` a button to buy, `![](https://…)` an image. What is not known, or broken, stays text. Never throws.
 * @param newId makes the id of a button.
 */
export function fromShorthand(content: Content, newId: () => string): Content {
  if (content.type !== 'text' || content.text === undefined || content.items !== undefined) return content;
  const pieces = fitting(piecesOf(content.text), content.actions ?? []);
  if (pieces.every(({ kind }) => kind === 'text')) return content;
  const text = tidy(pieces.reduce((before, piece) => (piece.kind === 'text' ? closed(before, piece.text) : before), ''));
  const added = pieces.flatMap((piece) => (piece.kind === 'action' ? [{ ...piece.action, id: newId() }] : []));
  const actions = [...(content.actions ?? []), ...added];
  const image = pieces.find((piece) => piece.kind === 'image');
  return {
    ...content,
    ...(image === undefined ? {} : { type: 'image' as const, mediaUrl: image.url }),
    text,
    ...(actions.length === 0 ? {} : { actions }),
  };
}

function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { index } of text.matchAll(/[%$!]\[/g)) {
    const piece = index < end ? undefined : pieceAt(text, index);
    if (piece === undefined) continue;
    pieces.push({ kind: 'text', text: text.slice(end, index) }, piece);
    end = index + piece.text.length;
  }
  return [...pieces, { kind: 'text', text: text.slice(end) }];
}

/** The piece that begins here with its sign and `[`. */
function pieceAt(text: string, index: number): Piece | undefined {
  const start = index + 2;
  const length = text.slice(start, start + MAX_LABEL + 2).indexOf('](');
  const label = text.slice(start, start + length).trim();
  const target = start + length + 2;
  const close = length < 0 || /[\n[]/.test(label) ? -1 : closingOf(text, target);
  return close < 0 ? undefined : pieceOf(text.slice(index, close + 1), label, text.slice(target, close).trim());
}

/** Where the parenthesis that is open closes, on the same line; addresses may have pairs of their own. */
function closingOf(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at <= from + MAX_URL && text[at] !== '\n'; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function pieceOf(text: string, label: string, target: string): Piece | undefined {
  if (text.startsWith('!')) return isUrl(target) ? { kind: 'image', text, url: target } : undefined;
  if (label === '') return undefined;
  const action = text.startsWith('$') ? buyOf(label, target) : actionOf(label, target);
  return action === undefined ? undefined : { kind: 'action', text, action };
}

function actionOf(text: string, target: string): Omit<Action, 'id'> | undefined {
  if (target === 'location') return { type: 'locationRequest', text };
  const payload = /^(reply|postback):\s*(.+)$/.exec(target);
  if (payload?.[2] !== undefined) return { type: payload[1] === 'reply' ? 'reply' : 'postback', text, payload: payload[2] };
  return isUrl(target) ? { type: 'link', text, uri: target } : undefined;
}

function buyOf(text: string, price: string): Omit<Action, 'id'> | undefined {
  const [, whole, cents = ''] = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(price) ?? [];
  const amount = Number(whole) * 100 + Number(cents.padEnd(2, '0'));
  return amount > 0 ? { type: 'buy', text, amount, currency: 'usd', state: 'offered' } : undefined;
}

function isUrl(text: string): boolean {
  const url = text.length > MAX_URL || /\s/.test(text) ? null : URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
}

const isReply = ({ type }: Omit<Action, 'id'>): boolean => type === 'reply';
const isForAny = ({ type }: Omit<Action, 'id'>): boolean => type === 'locationRequest';

/** Leaves as text what does not fit together: a second image, an eleventh button, and quick replies beside other buttons. */
function fitting(pieces: readonly Piece[], before: readonly Action[]): readonly Piece[] {
  const taken: Omit<Action, 'id'>[] = [...before];
  let hasImage = false;
  return pieces.map((piece): Piece => {
    if (piece.kind === 'text') return piece;
    const asText: Piece = { kind: 'text', text: piece.text };
    if (piece.kind === 'image') {
      const isSecond = hasImage;
      hasImage = true;
      return isSecond ? asText : piece;
    }
    const { action } = piece;
    const agrees = isForAny(action) || taken.every((other) => isForAny(other) || isReply(other) === isReply(action));
    if (!agrees || taken.length >= MAX_ACTIONS) return asText;
    taken.push(action);
    return piece;
  });
}

/** Of the spaces on both sides of a piece that was taken out those before it stay. */
const closed = (before: string, after: string): string => before + (/\s$/.test(before) ? after.replace(/^[ \t]+/, '') : after);

const tidy = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
