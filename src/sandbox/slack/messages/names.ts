import { listChannels } from '../channels/channel.ts';
import { members } from '../members/member.ts';
import type { SlackReading } from '../workspace/session.ts';
import type { Naming } from './text.ts';

/** What `@ben` and `#general` mean to whoever types them: handles, display names without blanks, and channels. */
export async function namesFor({ store }: SlackReading): Promise<Naming> {
  const all = await store.list(members);
  const rooms = await listChannels(store);
  return (sign, word) => {
    if (sign === '@' && ['channel', 'here', 'everyone'].includes(word)) return `!${word}`;
    const member = sign === '@' ? all.find(({ name, display_name }) => name === word || display_name === word) : undefined;
    const room = sign === '#' ? rooms.find(({ name }) => name === word) : undefined;
    return member ? `@${member.id}` : room ? `#${room.id}|${room.name}` : undefined;
  };
}
