import { fail } from '../api/problem.ts';
import { type Call } from '../api/call.ts';
import { type Channel, channels, isIn, listChannels, sees } from '../channels/channel.ts';
import { talkWith } from '../channels/channel-methods.ts';
import { isAdmin } from '../members/member.ts';

/** Where a post goes: a channel's id or name, or the id of somebody to talk to. @throws {Refusal} `channel_not_found` */
export async function placeFor(call: Call, where: string): Promise<Channel> {
  const { store } = call.session;
  if (/^[UW][A-Z0-9]+$/.test(where)) return talkWith(call, where);
  const byId = await store.get(channels, where);
  const named = byId ?? (await listChannels(store)).find(({ name }) => name !== '' && name === where.replace(/^#/, ''));
  if (!named || !sees(named, call.user.id)) throw fail('channel_not_found');
  return named;
}

/** @throws {Refusal} `is_archived`, `not_in_channel`, `restricted_action` */
export function requireMayPost(call: Call, channel: Channel): void {
  if (channel.is_archived) throw fail('is_archived');
  const mayFromOutside = channel.kind === 'public' && call.app !== undefined && call.scopes.includes('chat:write.public');
  if (!isIn(channel, call.user.id) && !mayFromOutside) throw fail('not_in_channel');
  const isRestricted = channel.is_general && call.session.state.settings.generalPosting === 'admins';
  if (isRestricted && !isAdmin(call.user)) throw fail('restricted_action');
}
