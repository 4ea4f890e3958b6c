import type { Transcript } from '../../db/transcript.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { plainText } from '../../domain/plain-text.ts';
import { timeOf } from '../pages/page.ts';

/** A conversation as a page. */
export function transcriptPage({ appName, userName, messages, isCut }: Transcript): {
  readonly title: string;
  readonly body: Html;
} {
  const rows = messages.map(
    ({ role, author, content, acceptedAt }) =>
      html`<li class="${role}">
        <header><b>${role === 'appUser' ? userName : (author.name ?? 'Team')}</b> ${timeOf(acceptedAt)}</header>
        <p dir="auto">${plainText(content)}</p>
      </li>`,
  );
  const latest = isCut ? html` · the latest ${messages.length} messages` : false;
  const body = html`<p>${appName}${latest}</p>
    <ol>
      ${rows}
    </ol>`;
  return { title: `Conversation with ${userName}`, body };
}
