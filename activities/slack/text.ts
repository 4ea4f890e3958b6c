/** Slack shortens what is longer than 4,000 characters, and has doubled long posts. */
export const MAX_POST = 3_500;

/**
 * Makes text literal: no mention, channel, link or group call can be written with it.
 * Formatting is switched off for the whole post, not here.
 * @see https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export const literal = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The same in a post of ours that is formatted, where a name must not format anything. */
export const literalName = (text: string): string => literal(oneLine(text, 80).replaceAll(/[*_~`]/g, ''));

/** On one line, without control characters, cut at so many. */
export function oneLine(text: string, most: number): string {
  const line = text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}

/** A link with a label. Only for addresses of our own. */
export const link = (url: string, label: string): string =>
  `<${literal(url).replaceAll('|', '%7C').replaceAll(/\s/g, '%20')}|${literal(label)}>`;

export const sizeOf = (text: string): number => literal(text).length;
