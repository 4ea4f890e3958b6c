import { type Channel, isIn, listChannels, sees } from '../channels/channel.ts';
import { type Member, members, people, shownName } from '../members/member.ts';
import type { SlackReading } from '../workspace/session.ts';
import type { Names } from './mrkdwn.ts';

/** What one member has before them: the workspace, and all that they may know of it. */
export interface Scene {
  readonly session: SlackReading;
  readonly url: string;
  /** The address of the workspace's pages. */
  readonly home: string;
  readonly viewer: Member;
  readonly people: readonly Member[];
  readonly everyone: ReadonlyMap<string, Member>;
  /** By name, those in first. */
  readonly channels: readonly Channel[];
  readonly names: Names;
}

/** Looks at a workspace with the eyes of a member: of whom a cookie names, else of the first who is no admin. */
export async function sceneOf(session: SlackReading, url: string, viewerId: string | undefined): Promise<Scene> {
  const staff = await people(session.store);
  const viewer = staff.find(({ id }) => id === viewerId) ?? staff.find(({ role }) => role === 'member') ?? staff[0];
  if (!viewer) throw new Error('the workspace has no people: it was not seeded');
  const everyone = new Map((await session.store.list(members)).map((member) => [member.id, member]));
  const home = `${url}/client/${session.account}`;
  const visible = (await listChannels(session.store)).filter((channel) => sees(channel, viewer.id));
  const channels = visible.toSorted((a, b) => Number(isIn(b, viewer.id)) - Number(isIn(a, viewer.id)) || byName(a, b));
  const named = new Map(channels.map((channel) => [channel.id, channel]));
  const names: Names = {
    member: (id) => {
      const member = everyone.get(id);
      return member && shownName(member);
    },
    channel: (id) => {
      const channel = named.get(id);
      return channel && { name: channel.name, href: `${home}/${id}` };
    },
  };
  return { session, url, home, viewer, people: staff, everyone, channels, names };
}

const byName = (a: Channel, b: Channel): number => a.name.localeCompare(b.name);

/** What a channel is called where the viewer sees it. */
export function channelTitle(scene: Scene, channel: Channel): string {
  if (channel.kind !== 'im') return channel.name;
  const other = channel.members.find((id) => id !== scene.viewer.id) ?? scene.viewer.id;
  return scene.names.member(other) ?? 'unknown';
}
