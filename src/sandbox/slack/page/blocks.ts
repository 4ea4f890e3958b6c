import { z } from 'zod';
import { type Html, html } from '../../../domain/html.ts';
import { escapeText } from '../messages/text.ts';
import { mrkdwn, type Names } from './mrkdwn.ts';

const textObject = z.object({ type: z.enum(['mrkdwn', 'plain_text']), text: z.string() });
const image = z.object({ type: z.literal('image'), image_url: z.string(), alt_text: z.string().default('') });
const button = z.object({ type: z.literal('button'), text: textObject, url: z.string().optional() });

const block = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('section'),
    text: textObject.optional(),
    fields: z.array(textObject).default([]),
    accessory: z.union([image, button]).optional().catch(undefined),
  }),
  z.object({ type: z.literal('context'), elements: z.array(z.union([textObject, image])) }),
  z.object({ type: z.literal('header'), text: textObject }),
  z.object({ type: z.literal('divider') }),
  image,
  z.object({ type: z.literal('markdown'), text: z.string() }),
  z.object({ type: z.literal('actions'), elements: z.array(z.unknown()) }),
  z.object({ type: z.literal('rich_text'), elements: z.array(z.unknown()) }),
]);
type Block = z.infer<typeof block>;

/** The blocks of a message as Slack draws them; one that is not known here shows its kind. */
export const blocksHtml = (blocks: readonly Record<string, unknown>[], names: Names): Html =>
  html`<div class="blocks">
    ${blocks.map((sent) => {
      const parsed = block.safeParse(sent);
      return parsed.success ? one(parsed.data, names) : html`<p class="muted">[${String(sent['type'])}]</p>`;
    })}
  </div>`;

function one(shown: Block, names: Names): Html {
  switch (shown.type) {
    case 'section':
      return section(shown, names);
    case 'context':
      return html`<div class="context">
        ${shown.elements.map((element) => (element.type === 'image' ? picture(element, 'small') : html`<span>${words(element, names)}</span>`))}
      </div>`;
    case 'header':
      return html`<h3>${shown.text.text}</h3>`;
    case 'divider':
      return html`<hr />`;
    case 'image':
      return picture(shown, 'large');
    case 'markdown':
      return html`<p>${mrkdwn(escapeText(shown.text), names)}</p>`;
    case 'actions':
      return html`<div class="buttons">${shown.elements.map(pressable)}</div>`;
    case 'rich_text':
      return html`<p>${richText(shown.elements)}</p>`;
  }
}

const section = ({ text, fields, accessory }: Extract<Block, { type: 'section' }>, names: Names): Html =>
  html`<div class="section">
    <div>
      ${text && html`<p>${words(text, names)}</p>`}
      ${fields.length > 0 && html`<div class="fields">${fields.map((field) => html`<p>${words(field, names)}</p>`)}</div>`}
    </div>
    ${accessory && (accessory.type === 'image' ? picture(accessory, 'accessory') : pressable(accessory))}
  </div>`;

const words = (text: z.infer<typeof textObject>, names: Names): Html =>
  mrkdwn(text.type === 'mrkdwn' ? text.text : escapeText(text.text), names);

const picture = ({ image_url, alt_text }: z.infer<typeof image>, size: string): Html =>
  html`<img class="picture ${size}" src="${image_url}" alt="${alt_text}" loading="lazy" />`;

function pressable(sent: unknown): Html {
  const parsed = button.safeParse(sent);
  if (!parsed.success) return html``;
  const { text, url } = parsed.data;
  return url === undefined
    ? html`<button type="button" disabled>${text.text}</button>`
    : html`<a class="button" href="${url}">${text.text}</a>`;
}

const leaf = z.object({ text: z.string() });
const branch = z.object({ elements: z.array(z.unknown()) });

/** The words of rich text, without its styles. */
function richText(elements: readonly unknown[]): readonly string[] {
  return elements.flatMap((each) => {
    const inner = branch.safeParse(each);
    if (inner.success) return richText(inner.data.elements);
    const words_ = leaf.safeParse(each);
    return words_.success ? [words_.data.text] : [];
  });
}
