import { get } from 'node-emoji';
import type { JsonObject } from '../../src/domain/json.ts';
import { agentIn } from './agents.ts';

/** One or more in a row. Within a word, an address or a time of day, colons are colons. */
const EMOJI = /(?<![\p{L}\p{N}/:])(?::[a-z0-9_+-]{1,50}:)+(?![\p{L}\p{N}/:])/gu;

/**
 * What an agent typed, as the app user reads it: links and mentions become words, short names of emoji become emoji.
 * @see https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
 */
export function readText(text: string, data: JsonObject): string {
  const words = text.replaceAll(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_whole, target: string, label: string | undefined) => {
    if (target.startsWith('@')) return `@${agentIn(data, target.slice(1))?.name ?? label ?? 'someone'}`;
    if (target.startsWith('#')) return `#${label ?? 'a channel'}`;
    if (target.startsWith('!')) return `@${(label ?? target.slice(1)).replace(/^@/, '')}`;
    return linkText(target, label);
  });
  const emoji = words.replaceAll(EMOJI, (all) => all.replaceAll(/:([^:]+):/g, (name, word: string) => get(word) ?? name));
  return emoji.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Slack makes links of addresses that are typed without their beginning, too. */
function linkText(url: string, label: string | undefined): string {
  if (label === undefined || label === '') return url.replace(/^mailto:/, '');
  return bare(label) === bare(url) ? label : `${label} (${url})`;
}

const bare = (address: string): string => address.replace(/^(https?:\/\/|mailto:)/, '').replace(/\/$/, '');
