import { fail } from '../api/problem.ts';
import { type Call, requireScope } from '../api/call.ts';
import { type Channel, channels, isIn, sees } from './channel.ts';

/** What a call wants to do with a channel, and the scopes that open it: for public, private, and talk between two. */
const SCOPES = {
  read: { public: ['channels:read'], private: ['groups:read'], im: ['im:read'] },
  history: { public: ['channels:history'], private: ['groups:history'], im: ['im:history'] },
  manage: { public: ['channels:manage', 'channels:write'], private: ['groups:write'], im: ['im:write'] },
  join: { public: ['channels:join'], private: [], im: [] },
  invite: {
    public: ['channels:manage', 'channels:write', 'channels:write.invites'],
    private: ['groups:write', 'groups:write.invites'],
    im: [],
  },
  topic: {
    public: ['channels:manage', 'channels:write', 'channels:write.topic'],
    private: ['groups:write', 'groups:write.topic'],
    im: [],
  },
} as const;
type Purpose = keyof typeof SCOPES;

/** Every scope that opens a purpose for some kind of channel; the first is named when all are missing. */
export const scopesFor = (purpose: Purpose): readonly string[] => Object.values(SCOPES[purpose]).flat();

/** A channel that the caller can see. @throws {Refusal} `channel_not_found`, `missing_scope` */
export async function channelFor(call: Call, id: string, purpose: Purpose): Promise<Channel> {
  const channel = await visibleChannel(call, id);
  requireScope(call, SCOPES[purpose][channel.kind]);
  return channel;
}

/** @throws {Refusal} `channel_not_found`, also for private channels that the caller is not in */
export async function visibleChannel({ session, user }: Pick<Call, 'session' | 'user'>, id: string): Promise<Channel> {
  const channel = await session.store.get(channels, id);
  if (!channel || !sees(channel, user.id)) throw fail('channel_not_found');
  return channel;
}

/** @throws {Refusal} `is_archived`, `not_in_channel` */
export function requireInside({ user }: Pick<Call, 'user'>, channel: Channel): void {
  if (channel.is_archived) throw fail('is_archived');
  if (!isIn(channel, user.id)) throw fail('not_in_channel');
}

/** @throws {Refusal} `method_not_supported_for_channel_type` for talk between two */
export function requireNamed(channel: Channel): void {
  if (channel.kind === 'im') throw fail('method_not_supported_for_channel_type');
}
