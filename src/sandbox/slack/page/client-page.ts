import { type Html, html } from '../../../domain/html.ts';
import { sandboxPage } from '../../page.ts';
import { type Channel, isIn } from '../channels/channel.ts';
import { avatarUrl, isAdmin } from '../members/member.ts';
import { channelSign, rooms } from './rooms.ts';
import { channelTitle, type Scene } from './scene.ts';
import { talk, threadTalk } from './talk.ts';

const ASSETS = { styles: ['/slack/-/client.css', '/slack/-/messages.css'], scripts: ['/slack/-/client.js'] };

export interface Looking {
  readonly channel: Channel;
  /** The thread that stands open beside it. */
  readonly thread: string | undefined;
}

/** Slack as a member sees it: the channels, one of them open, and perhaps a thread. */
export async function clientPage(scene: Scene, looking: Looking): Promise<Html> {
  const { channel } = looking;
  const title = channelTitle(scene, channel);
  const live = `${scene.home}/${channel.id}/live`;
  const body = html`<div class="slack ${looking.thread !== undefined && 'with-thread'}">
    <aside class="rooms">
      ${workspaceHead(scene, channel)}
      <nav data-live="${live}?part=rooms" aria-label="Channels">${rooms(scene, channel.id)}</nav>
      ${newChannel(scene)}
    </aside>
    <section class="talk">
      ${channelHead(scene, channel)}
      <div class="scroll" data-live="${live}?part=talk">${await talk(scene, channel)}</div>
      ${foot(scene, channel)}
    </section>
    ${looking.thread !== undefined && (await threadPane(scene, channel, looking.thread))}
  </div>`;
  return sandboxPage({ title: `${title} · ${scene.session.state.name}`, vendor: 'Slack', body, wide: true, ...ASSETS });
}

const workspaceHead = ({ session, people, viewer, home, url }: Scene, here: Channel): Html =>
  html`<header>
    <h1>${session.state.name}</h1>
    <form class="persona" method="post" action="${home}/-/as">
      <input type="hidden" name="channel" value="${here.id}" />
      <img class="avatar" src="${avatarUrl(url, viewer, 72)}" alt="" width="28" height="28" />
      <label>
        You are
        <select name="as">
          ${people.map(
            (member) =>
              html`<option value="${member.id}" ${member.id === viewer.id && html`selected`}>
                ${member.real_name}${member.role === 'member' ? '' : ` (${member.role})`}
              </option>`,
          )}
        </select>
      </label>
      <button class="plain">Switch</button>
    </form>
  </header>`;

const newChannel = ({ home }: Scene): Html =>
  html`<details class="new">
    <summary>New channel</summary>
    <form method="post" action="${home}/-/channels">
      <input name="name" required maxlength="80" placeholder="name" aria-label="Name of the new channel" />
      <label class="choice"><input type="checkbox" name="private" value="true" /> private</label>
      <button>Create</button>
    </form>
  </details>`;

function channelHead(scene: Scene, channel: Channel): Html {
  const count = channel.members.length;
  return html`<header>
    <div>
      <h1><span class="sign">${channelSign(channel)}</span> ${channelTitle(scene, channel)}</h1>
      <p class="muted">
        <span title="${channel.members.map((id) => scene.names.member(id) ?? id).join(', ')}"
          >${count} ${count === 1 ? 'member' : 'members'}</span
        >
        ${channel.topic.value !== '' && html`<span class="topic">${channel.topic.value}</span>`}
      </p>
    </div>
    ${channel.kind !== 'im' && channelTools(scene, channel)}
  </header>`;
}

/** What one can do with a channel, as far as one may. */
function channelTools(scene: Scene, channel: Channel): Html {
  const isOpen = !channel.is_archived;
  const mayChange = !channel.is_general;
  const isInside = isIn(channel, scene.viewer.id);
  return html`<form class="buttons" method="post" action="${scene.home}/${channel.id}/act">
    ${isOpen && isInside && mayChange && press('leave', 'Leave')} ${isOpen && mayChange && press('archive', 'Archive')}
    ${!isOpen && press('unarchive', 'Unarchive')} ${mayChange && isAdmin(scene.viewer) && press('deleteChannel', 'Delete', true)}
  </form>`;
}

const press = (does: string, label: string, isDanger = false): Html =>
  html`<button name="do" value="${does}" ${isDanger && html`class="danger"`}>${label}</button>`;

/** Where one writes, or why one cannot. */
function foot(scene: Scene, channel: Channel): Html {
  const act = `${scene.home}/${channel.id}/act`;
  if (channel.is_archived) return html`<p class="notice">You are viewing an archived channel. Nobody can write here.</p>`;
  if (!isIn(channel, scene.viewer.id))
    return html`<form class="notice" method="post" action="${act}">
      You are not in this channel. <button class="primary" name="do" value="join">Join channel</button>
    </form>`;
  const to = channel.kind === 'im' ? channelTitle(scene, channel) : `#${channel.name}`;
  return composer(act, `Message ${to}. A slash begins a command, such as /sk.`, false);
}

const composer = (act: string, placeholder: string, isThread: false | string): Html =>
  html`<form class="composer" method="post" action="${act}">
    ${isThread !== false && html`<input type="hidden" name="thread" value="${isThread}" />`}
    <textarea name="text" rows="2" placeholder="${placeholder}" aria-label="Your message"></textarea>
    <div class="row">
      <label class="file">Attach <input type="file" multiple /></label>
      <span class="uploads"></span>
      <span class="problem" role="alert"></span>
      <button class="primary" name="do" value="say">Send</button>
    </div>
  </form>`;

async function threadPane(scene: Scene, channel: Channel, ts: string): Promise<Html> {
  const here = `${scene.home}/${channel.id}`;
  const mayWrite = !channel.is_archived && isIn(channel, scene.viewer.id);
  return html`<section class="thread">
    <header>
      <h1>Thread</h1>
      <a class="button" href="${here}" aria-label="Close the thread">✕</a>
    </header>
    <div class="scroll" data-live="${here}/live?part=thread&thread=${ts}">${await threadTalk(scene, channel, ts)}</div>
    ${mayWrite && composer(`${here}/act`, 'Reply…', ts)}
  </section>`;
}
