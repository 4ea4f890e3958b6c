import { z } from 'zod';
import { type Html, html } from '../../../domain/html.ts';
import { unescapeText } from '../messages/text.ts';
import { mrkdwn, type Names } from './mrkdwn.ts';

const words = z.string().default('');
const attachment = z.object({
  pretext: words,
  title: words,
  text: words,
  fallback: words,
  fields: z.array(z.object({ title: words, value: words, short: z.boolean().default(false) })).default([]),
  /** What of it is formatted. */
  mrkdwn_in: z.array(z.string()).default([]),
});
type Attachment = z.infer<typeof attachment>;

/** What hangs below a message, as Slack draws it; the fallback where there is nothing else. */
export const attachmentsHtml = (sent: readonly Record<string, unknown>[], names: Names): Html =>
  html`${sent.map((each) => {
    const parsed = attachment.safeParse(each);
    return parsed.success && one(parsed.data, names);
  })}`;

function one({ pretext, title, text, fields, fallback, mrkdwn_in: formatted }: Attachment, names: Names): Html {
  const shown = (part: string, is: string): Html => (formatted.includes(is) ? mrkdwn(part, names) : html`${unescapeText(part)}`);
  const isEmpty = [pretext, title, text].every((part) => part === '') && fields.length === 0;
  return html`${pretext !== '' && html`<p>${shown(pretext, 'pretext')}</p>`}
    <div class="attachment">
      ${title !== '' && html`<p><strong>${unescapeText(title)}</strong></p>`}
      ${text !== '' && html`<p>${shown(text, 'text')}</p>`} ${isEmpty && html`<p>${unescapeText(fallback)}</p>`}
      ${
        fields.length > 0 &&
        html`<dl>
          ${fields.map(
            (field) =>
              html`<div class="${field.short ? 'short' : 'long'}">
                <dt>${unescapeText(field.title)}</dt>
                <dd>${shown(field.value, 'fields')}</dd>
              </div>`,
          )}
        </dl>`
      }
    </div>`;
}
