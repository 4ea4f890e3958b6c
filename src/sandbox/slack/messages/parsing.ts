import { z } from 'zod';
import { arg } from '../api/args.ts';
import type { SlackReading } from '../workspace/session.ts';
import { namesFor } from './names.ts';
import { linkedText, storedText, typedText } from './text.ts';

/** How the text of a post is read. `mrkdwn` is an argument of new posts alone. */
export const parsingArgs = {
  text: arg.text.optional(),
  parse: z.enum(['none', 'full', 'client']).optional(),
  link_names: arg.flag,
};
export interface Parsing {
  readonly text?: string | undefined;
  readonly parse?: 'none' | 'full' | 'client' | undefined;
  readonly link_names: boolean;
  readonly mrkdwn?: boolean;
}

/**
 * The text of a post as it is kept, and whether it is formatted. Addresses become links unless `parse` is `none`. With `full` the
 * text is taken as if a person had typed it: nothing is formatted, brackets mean nothing, and names are found.
 * @see https://docs.slack.dev/reference/methods/chat.postMessage#formatting
 */
export async function parsed(session: SlackReading, { text = '', parse, link_names, mrkdwn = true }: Parsing) {
  if (parse === 'full') return { text: typedText(text, await namesFor(session)), mrkdwn: false };
  const stored = storedText(text);
  const name = link_names ? await namesFor(session) : undefined;
  return { text: linkedText(stored, { addresses: parse !== 'none', name }), mrkdwn };
}
