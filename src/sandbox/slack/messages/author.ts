import { z } from 'zod';
import { arg } from '../api/args.ts';
import { type Call, requireScope } from '../api/call.ts';
import type { Message } from './message.ts';

/** Under whose name and picture an app posts. */
export const authorArgs = {
  username: arg.text.optional(),
  icon_url: z.url({ protocol: /^https?$/ }).optional(),
  icon_emoji: arg.text.optional(),
};
interface AuthorInput {
  readonly username?: string | undefined;
  readonly icon_url?: string | undefined;
  readonly icon_emoji?: string | undefined;
}

type Author = Pick<Message, 'subtype' | 'user' | 'bot_id' | 'app_id' | 'username' | 'icons'>;

/** Who a post is by: a person, an app, or an app under another name. @throws {Refusal} `missing_scope` */
export function author(call: Call, input: AuthorInput): Author {
  const { user, app } = call;
  if (!app) return { subtype: null, user: user.id, bot_id: null, app_id: null, username: null, icons: null };
  const own = { user: user.id, bot_id: user.bot_id, app_id: app.id };
  if (input.username === undefined && input.icon_url === undefined && input.icon_emoji === undefined) {
    return { ...own, subtype: null, username: null, icons: null };
  }
  requireScope(call, ['chat:write.customize']);
  const icons = iconsOf(input);
  return { ...own, user: null, subtype: 'bot_message', username: input.username ?? user.real_name, icons };
}

function iconsOf({ icon_url, icon_emoji }: AuthorInput): Message['icons'] {
  if (icon_emoji !== undefined) return { emoji: `:${icon_emoji.replaceAll(':', '')}:` };
  if (icon_url === undefined) return null;
  return { image_36: icon_url, image_48: icon_url, image_72: icon_url };
}
