import type { Store } from '../../store.ts';
import { type Channel, channels, listChannels } from '../channels/channel.ts';
import { files } from '../files/file.ts';
import { members, shownName } from '../members/member.ts';
import { type Ephemeral, ephemerals } from '../messages/ephemeral.ts';
import { type Message, messages } from '../messages/message.ts';
import { pingsIn } from '../messages/text.ts';
import type { View } from '../workspace/place.ts';

/** A message as whoever looks at the channel sees it. */
export interface SeenMessage extends Message {
  /** The name that stands above it. */
  readonly by: string;
  /** Whom it calls: members' ids, `!channel`, `!here`. */
  readonly pings: readonly string[];
  readonly fileNames: readonly string[];
}

/** What stands in a channel, threads too, oldest first. */
export async function seenMessages({ session }: View, where: string): Promise<readonly SeenMessage[]> {
  const { store } = session;
  const channel = await anyChannel(store, where);
  if (!channel) return [];
  const said = await store.list(messages, { group: channel.id });
  const people = new Map((await store.list(members)).map((member) => [member.id, member]));
  const shared = new Map(
    (
      await store.getMany(
        files,
        said.flatMap((message) => message.files),
      )
    ).map((file) => [file.id, file.name]),
  );
  return said.map((message) => {
    const author = people.get(message.user ?? '');
    const by = message.username ?? (author ? shownName(author) : 'unknown');
    const spoken = message.text + JSON.stringify(message.blocks ?? []);
    return { ...message, by, pings: pingsIn(spoken), fileNames: message.files.map((id) => shared.get(id) ?? id) };
  });
}

/** What single members were told in a channel, oldest first. */
export async function seenEphemerals({ session: { store } }: View, where: string): Promise<readonly Ephemeral[]> {
  const channel = await anyChannel(store, where);
  return channel ? store.list(ephemerals, { group: channel.id }) : [];
}

/** By id or name, whoever may see it. */
const anyChannel = async (store: Store, where: string): Promise<Channel | undefined> =>
  (await store.get(channels, where)) ?? (await listChannels(store)).find(({ name }) => name === where);
