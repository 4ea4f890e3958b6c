import { z } from 'zod';
import { flat, webUrl } from '../fields.ts';

const text = z.string().trim().min(1, 'expected at least one character');
/** What runs in whoever opens it. Deep links of apps have protocols of their own, so others are let through. */
const DANGEROUS = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:']);
const uri = z
  .string()
  .max(2_048, 'expected at most 2,048 characters')
  .refine((value) => {
    const url = URL.parse(value);
    return url !== null && !DANGEROUS.has(url.protocol);
  }, 'expected the URL of a page or a deep link');

const common = {
  text,
  default: z.boolean().exactOptional(),
  iconUrl: webUrl.exactOptional(),
  metadata: flat.exactOptional(),
};
const payload = z.string();

const action = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('link'), ...common, uri }),
    z.object({ type: z.literal('webview'), ...common, uri, fallback: uri }),
    z.object({ type: z.literal('reply'), ...common, payload }),
    z.object({ type: z.literal('postback'), ...common, payload }),
    z.object({
      type: z.literal('buy'),
      ...common,
      amount: z.int('expected cents, a whole number').min(1, 'expected at least one cent'),
      currency: z
        .string()
        .regex(/^[A-Za-z]{3}$/, 'expected a currency code such as usd')
        .exactOptional(),
    }),
    z.object({ type: z.literal('locationRequest'), ...common }),
    z.object({ type: z.literal('share'), ...common, text: text.default('Share') }),
  ],
  { error: 'expected an action: link, reply, postback, buy, webview, locationRequest or share' },
);

/** Buttons below a message. */
export const actions = z
  .array(action)
  .max(10, 'expected at most 10 actions')
  .refine(
    (all) => !all.some(({ type }) => type === 'reply') || all.every(({ type }) => type === 'reply' || type === 'locationRequest'),
    'expected replies to stand alone, or with locationRequest',
  );

/** Buttons of one item of a carousel or list. */
export const itemActions = z.array(action).min(1, 'expected 1 to 3 actions').max(3, 'expected 1 to 3 actions');
