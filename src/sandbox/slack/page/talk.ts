import { type Html, html } from '../../../domain/html.ts';
import type { Channel } from '../channels/channel.ts';
import { files } from '../files/file.ts';
import { type Ephemeral, ephemerals } from '../messages/ephemeral.ts';
import { findMessage, isReply, type Message, messageId, messages } from '../messages/message.ts';
import { microsOf } from '../messages/timestamp.ts';
import { ephemeralRow, messageRow, type Row } from './message-row.ts';
import type { Scene } from './scene.ts';

const SHOWN = 200;

/** What stands in a channel, with what the viewer alone was told. */
export async function talk(scene: Scene, channel: Channel): Promise<Html> {
  const { store } = scene.session;
  const newest = await store.list(messages, { group: channel.id, descending: true, limit: SHOWN });
  const said = newest.filter((message) => !isReply(message) || message.broadcast).toReversed();
  const told = (await store.list(ephemerals, { group: channel.id, descending: true, limit: SHOWN })).filter(
    ({ to }) => to === scene.viewer.id,
  );
  if (said.length + told.length === 0) return html`<p class="empty">Nothing has been said here yet.</p>`;
  const row = await rowOf(scene, said, (ts) => `${scene.home}/${channel.id}?thread=${ts}`);
  return html`<ol class="messages">
    ${inOrder(said, told).map((entry) => ('to' in entry ? ephemeralRow(row, entry) : messageRow(row, entry)))}
  </ol>`;
}

const inOrder = (said: readonly Message[], told: readonly Ephemeral[]): readonly (Message | Ephemeral)[] =>
  [...said, ...told].toSorted((a, b) => (microsOf(a.ts) ?? 0) - (microsOf(b.ts) ?? 0));

/** A thread: what it answers, and the answers. */
export async function threadTalk(scene: Scene, channel: Channel, ts: string): Promise<Html> {
  const { store } = scene.session;
  const root = await findMessage(store, channel.id, ts);
  const answers = await store.byLookup(messages, messageId(channel.id, ts));
  const all = [...(root ? [root] : []), ...answers];
  const row = await rowOf(scene, all);
  return html`<ol class="messages">
    ${all.map((message) => messageRow(row, message))}
  </ol>`;
}

async function rowOf(scene: Scene, said: readonly Message[], threadHref?: Row['threadHref']): Promise<Row> {
  const shared = await scene.session.store.getMany(
    files,
    said.flatMap((message) => message.files),
  );
  return { scene, files: new Map(shared.map((file) => [file.id, file])), ...(threadHref && { threadHref }) };
}
