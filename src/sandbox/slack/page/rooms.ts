import { type Html, html } from '../../../domain/html.ts';
import { type Channel, isIn } from '../channels/channel.ts';
import { channelTitle, type Scene } from './scene.ts';

/** The channels beside the conversation: one's own, others that one could join, and archived ones. */
export function rooms(scene: Scene, here: string): Html {
  const { channels, viewer } = scene;
  const open = channels.filter((channel) => !channel.is_archived);
  const own = open.filter((channel) => isIn(channel, viewer.id) && channel.kind !== 'im');
  const others = open.filter((channel) => !isIn(channel, viewer.id));
  const talks = open.filter((channel) => channel.kind === 'im');
  const archived = channels.filter((channel) => channel.is_archived);
  return html`${group(scene, here, { title: 'Channels', channels: own })}
  ${group(scene, here, { title: 'Direct messages', channels: talks })}
  ${group(scene, here, { title: 'Not joined', channels: others })}
  ${group(scene, here, { title: 'Archived', channels: archived })}`;
}

interface Group {
  readonly title: string;
  readonly channels: readonly Channel[];
}

const group = (scene: Scene, here: string, { title, channels }: Group): Html | false =>
  channels.length > 0 &&
  html`<h2>${title}</h2>
    <ul>
      ${channels.map(
        (channel) =>
          html`<li>
            <a href="${scene.home}/${channel.id}" ${channel.id === here && html`aria-current="page"`}>
              <span class="sign">${channelSign(channel)}</span> ${channelTitle(scene, channel)}
            </a>
          </li>`,
      )}
    </ul>`;

export const channelSign = (channel: Channel): string =>
  channel.is_archived ? '▣' : channel.kind === 'private' ? '🔒' : channel.kind === 'im' ? '●' : '#';
