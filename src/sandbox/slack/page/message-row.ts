import { type Html, html } from '../../../domain/html.ts';
import { fileSize, timeElement } from '../../page-pieces.ts';
import type { SlackFile } from '../files/file.ts';
import { avatarUrl, isAdmin } from '../members/member.ts';
import type { Ephemeral } from '../messages/ephemeral.ts';
import { isReply, type Message } from '../messages/message.ts';
import { microsOf } from '../messages/timestamp.ts';
import { attachmentsHtml } from './attachments.ts';
import { blocksHtml } from './blocks.ts';
import { emoji, emojiSign } from './emoji.ts';
import { mrkdwn, unformatted } from './mrkdwn.ts';
import type { Scene } from './scene.ts';

export interface Row {
  readonly scene: Scene;
  readonly files: ReadonlyMap<string, SlackFile>;
  /** Where its thread opens; absent inside the thread. */
  readonly threadHref?: (ts: string) => string;
}

const at = (ts: string): number => (microsOf(ts) ?? 0) / 1_000;

/** One message: who, when, what, and what one can do with it. */
export function messageRow(row: Row, message: Message): Html {
  if (/^(channel|group)_/.test(message.subtype ?? '')) return systemRow(row, message);
  const { scene } = row;
  const member = scene.everyone.get(message.user ?? '');
  const name = message.username ?? scene.names.member(message.user ?? '') ?? 'unknown';
  return html`<li class="message" id="m${message.ts}">
    ${picture(row, message)}
    <div class="said">
      <p class="by">
        <strong>${name}</strong> ${(message.bot_id !== null || member?.role === 'app') && html`<span class="badge">APP</span>`}
        <a class="when" href="#m${message.ts}">${timeElement(at(message.ts))}</a>
        ${message.edited !== null && html`<span class="muted">(edited)</span>`}
      </p>
      ${message.broadcast && html`<p class="muted">replied to a thread</p>`} ${content(row, message)}
      ${attachmentsHtml(message.attachments ?? [], scene.names)} ${filesOf(row, message)} ${reactions(message)}
      ${threadLink(row, message)}
    </div>
    ${tools(row, message)}
  </li>`;
}

const systemRow = ({ scene }: Row, message: Message): Html =>
  html`<li class="message system" id="m${message.ts}">
    <span></span>
    <p class="said muted">${mrkdwn(message.text, scene.names)} ${timeElement(at(message.ts))}</p>
  </li>`;

/** What one member alone sees. */
export const ephemeralRow = (row: Row, message: Ephemeral): Html =>
  html`<li class="message ephemeral">
    ${picture(row, message)}
    <div class="said">
      <p class="only">Only visible to you</p>
      <p class="by">
        <strong>${message.username ?? row.scene.names.member(message.user ?? '') ?? 'Slackbot'}</strong>
        <span class="badge">APP</span>
        <span class="when">${timeElement(at(message.ts))}</span>
      </p>
      ${content(row, message)}
    </div>
  </li>`;

interface Author {
  readonly user: string | null;
  readonly username: string | null;
  readonly icons?: Message['icons'];
}

/** The picture of an author: a sign or an image that an app chose, or the member's own. */
function picture({ scene }: Row, { user, username, icons }: Author): Html {
  const sign = emojiSign((icons?.['emoji'] ?? '').replaceAll(':', ''));
  if (sign !== undefined) return html`<span class="avatar" aria-hidden="true">${sign}</span>`;
  const member = username === null ? scene.everyone.get(user ?? '') : undefined;
  const drawn = `${scene.url}/avatars/B0-72.svg?name=${encodeURIComponent(username ?? '?')}`;
  const src = icons?.['image_72'] ?? (member ? avatarUrl(scene.url, member, 72) : drawn);
  return html`<img class="avatar" src="${src}" alt="" width="36" height="36" />`;
}

/** Blocks take the place of the text. */
const content = ({ scene }: Row, { blocks, text, mrkdwn: isFormatted }: Message | Ephemeral): Html | false => {
  if (blocks) return blocksHtml(blocks, scene.names);
  const draw = isFormatted ? mrkdwn : unformatted;
  return text !== '' && html`<div class="text">${draw(text, scene.names)}</div>`;
};

function filesOf({ scene, files }: Row, message: Message): Html | false {
  const shown = message.files.flatMap((id) => files.get(id) ?? []);
  return (
    shown.length > 0 &&
    html`<ul class="files">
      ${shown.map((file) => {
        const href = `${scene.home}/-/files/${file.id}/${encodeURIComponent(file.name)}`;
        const isImage = /^image\/(png|jpe?g|gif|webp)$/.test(file.mimetype);
        return html`<li>
          <a href="${href}" target="_blank">${isImage && html`<img src="${href}" alt="" loading="lazy" />`} ${file.title}</a>
          <span class="muted">${fileSize(file.size)}</span>
        </li>`;
      })}
    </ul>`
  );
}

const reactions = (message: Message): Html | false =>
  message.reactions.length > 0 &&
  html`<p class="reactions">${message.reactions.map(({ name, users }) => html`<span>${emoji(name)} ${users.length}</span>`)}</p>`;

const threadLink = ({ threadHref }: Row, message: Message): Html | false =>
  threadHref !== undefined &&
  message.replies !== null &&
  html`<a class="replies" href="${threadHref(message.ts)}"
    >${message.replies.count} ${message.replies.count === 1 ? 'reply' : 'replies'}</a
  >`;

/** What stands at a message when the pointer is over it. */
function tools({ scene, threadHref }: Row, message: Message): Html {
  const isOwn = message.user === scene.viewer.id && message.bot_id === null;
  const post = `${scene.home}/${message.channel}/act`;
  const press = (does: string, label: string, more: Html | false = false): Html =>
    html`<form method="post" action="${post}">
      <input type="hidden" name="ts" value="${message.ts}" />${more}
      <button name="do" value="${does}" title="${label}">${label}</button>
    </form>`;
  return html`<div class="tools">
    ${press('react', '👍', html`<input type="hidden" name="name" value="+1" />`)}
    ${threadHref && !isReply(message) && html`<a class="button" href="${threadHref(message.ts)}">Reply in thread</a>`}
    ${(isOwn || isAdmin(scene.viewer)) && press('deleteMessage', 'Delete')}
  </div>`;
}
