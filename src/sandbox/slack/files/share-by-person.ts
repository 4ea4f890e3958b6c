import type { Channel } from '../channels/channel.ts';
import type { Member } from '../members/member.ts';
import type { Place } from '../workspace/place.ts';
import { newSlackId } from '../workspace/session.ts';
import { files, type SlackFile } from './file.ts';
import { typeOfName } from './mime.ts';

/** Keeps files that a person puts into a message. @returns their ids */
export async function shareByPerson(
  { session }: Place,
  user: Member,
  channel: Channel,
  sent: readonly { readonly name: string; readonly base64: string }[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const { name, base64 } of sent) {
    const bytes = Buffer.from(base64, 'base64');
    const file: SlackFile = {
      id: newSlackId(session, 'F'),
      name,
      title: name,
      mimetype: typeOfName(name),
      size: bytes.length,
      user: user.id,
      upload: '',
      state: 'complete',
      alt_text: null,
      shares: [{ channel: channel.id, ts: '' }],
      created: session.now,
      seq: session.nextId(),
    };
    await session.store.put(files, file);
    await session.store.putBytes(file.id, bytes);
    ids.push(file.id);
  }
  return ids;
}
