import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { AllowedNetworks } from '../../../activities/url-guard.ts';
import type { Action, Content } from '../../domain/message.ts';
import { flat, reachableUrl } from '../fields.ts';
import { actions, itemActions } from './actions.ts';

const notBlank = z.string().refine((text) => text.trim() !== '', 'expected text that is not empty');
/** The text that goes with something else: clients send a space where there is none. */
const caption = z.string().exactOptional();
const mediaType = z
  .string()
  .max(128, 'expected at most 128 characters')
  .regex(/^[\w.+-]+\/[\w.+-]+(\s*;.*)?$/, 'expected a media type such as image/png')
  .exactOptional();

/** What can be said, by `type`. Made once: it knows which private networks media may come from. */
export function contentSchema(allowed: AllowedNetworks) {
  const url = reachableUrl(allowed);
  const common = { actions: actions.exactOptional(), metadata: flat.exactOptional() };
  const media = { text: caption, mediaUrl: url, mediaType, mediaSize: z.int().min(0).exactOptional() };
  const item = z.object({
    title: notBlank,
    description: z.string().exactOptional(),
    mediaUrl: url.exactOptional(),
    mediaType,
    size: z.enum(['compact', 'large'], 'expected compact or large').exactOptional(),
    actions: itemActions,
  });
  const items = z.array(item).min(1, 'expected 1 to 10 items').max(10, 'expected 1 to 10 items');
  const place = {
    coordinates: z.object({ lat: z.number().min(-90).max(90), long: z.number().min(-180).max(180) }),
    location: z.object({ address: z.string().exactOptional(), name: z.string().exactOptional() }).exactOptional(),
  };
  return z.discriminatedUnion(
    'type',
    [
      z.object({ type: z.literal('text'), text: notBlank, ...common }),
      z.object({ type: z.literal('image'), ...media, ...common }),
      z.object({ type: z.literal('file'), ...media, ...common }),
      z.object({ type: z.literal('carousel'), text: caption, items, ...common }),
      z.object({ type: z.literal('list'), text: caption, items, ...common }),
      z.object({ type: z.literal('location'), text: caption, ...place, ...common }),
    ],
    { error: 'expected text, image, file, carousel, list or location' },
  );
}

/** The content as it is kept: actions and items get their ids, and a price its state. */
export function toContent(said: z.output<ReturnType<typeof contentSchema>>): Content {
  const { actions: buttons, ...rest } = said;
  const content = {
    ...rest,
    ...(buttons !== undefined && buttons.length > 0 && { actions: buttons.map(withId) }),
  };
  if (!('items' in content)) return content;
  return { ...content, items: content.items.map((item) => ({ id: newHexId(), ...item, actions: item.actions.map(withId) })) };
}

const withId = (action: z.output<typeof actions>[number]): Action =>
  action.type === 'buy' ? { id: newHexId(), ...action, state: 'offered' } : { id: newHexId(), ...action };

/** Of actions and items. */
export const newHexId = (): string => randomBytes(12).toString('hex');
