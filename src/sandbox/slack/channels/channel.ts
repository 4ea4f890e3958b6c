import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind, Store } from '../../store.ts';
import { unix } from '../workspace/session.ts';

const said = z.object({ value: z.string(), creator: z.string(), last_set: z.number() });

const channelSchema = z.object({
  /** `C…`, or `D…` for talk between two. */
  id: z.string(),
  /** Empty for talk between two. */
  name: z.string(),
  previous_names: z.array(z.string()),
  kind: z.enum(['public', 'private', 'im']),
  is_general: z.boolean(),
  is_archived: z.boolean(),
  /** Gone for everybody: only its id is never used again. */
  deleted: z.boolean(),
  creator: z.string(),
  created: z.number(),
  updated: z.number(),
  topic: said,
  purpose: said,
  members: z.array(z.string()),
  seq: z.number(),
});
export type Channel = z.infer<typeof channelSchema>;

export const channels: Kind<Channel> = {
  name: 'channel',
  schema: channelSchema,
  id: (channel) => channel.id,
  group: (channel) => channel.kind,
  // Archived ones keep their name; deleted ones give it back.
  lookup: (channel) => (channel.deleted || channel.kind === 'im' ? null : channel.name),
  position: (channel) => channel.seq,
};

export const nobodySaid = { value: '', creator: '', last_set: 0 };

export const isIn = (channel: Channel, userId: string): boolean => channel.members.includes(userId);

/** Whether somebody can know of it at all. */
export const sees = (channel: Channel, userId: string): boolean =>
  !channel.deleted && (channel.kind === 'public' || isIn(channel, userId));

export const listChannels = async (store: Store): Promise<readonly Channel[]> =>
  (await store.list(channels)).filter((channel) => !channel.deleted);

/** A channel as the API shows it to `viewer`. */
export function channelJson(team: string, channel: Channel, viewer: string): JsonObject {
  const common = { id: channel.id, created: unix(channel.created), updated: channel.updated, context_team_id: team };
  if (channel.kind === 'im') {
    const other = channel.members.find((member) => member !== viewer) ?? viewer;
    return { ...common, is_im: true, is_channel: false, is_group: false, is_archived: false, is_org_shared: false, user: other };
  }
  return {
    ...common,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: channel.kind === 'private',
    is_archived: channel.is_archived,
    is_general: channel.is_general,
    is_shared: false,
    is_org_shared: false,
    is_ext_shared: false,
    is_pending_ext_shared: false,
    is_member: isIn(channel, viewer),
    unlinked: 0,
    creator: channel.creator,
    shared_team_ids: [team],
    topic: channel.topic,
    purpose: channel.purpose,
    previous_names: channel.previous_names,
  };
}
