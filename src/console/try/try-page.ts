import type { SaidMessage } from '../../db/console/conversation.ts';
import type { LaneView } from '../../db/console/lanes.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { plainText } from '../../domain/plain-text.ts';
import { laneStatus } from '../conversations/lane-status.ts';
import { pill } from '../parts/pill.ts';
import { timeOf } from '../parts/time.ts';
import type { AppVisit } from '../visit.ts';

export interface Trying {
  readonly visit: AppVisit;
  /** The app's own name for the user. */
  readonly name: string;
  readonly conversation: ConversationId | undefined;
  readonly said: readonly SaidMessage[];
  readonly lanes: readonly LaneView[];
  readonly isConnected: boolean;
}

/** A small chat, and beside it what becomes of what was said. */
export const tryBody = (trying: Trying): Html => {
  const { visit, name } = trying;
  return html`<div class="trying">
    <section class="card chat" aria-label="Chat">
      <form method="get" action="${visit.path}" class="row who">
        <label for="user">You are</label> <input id="user" name="user" value="${name}" maxlength="255" />
        <button class="small">Change</button>
      </form>
      <div id="chat" class="talk" data-live data-scroll-end tabindex="0" role="log" aria-label="What was said">
        ${talk(trying.said)}
      </div>
      <form method="post" action="${visit.path}" data-chat>
        ${visit.csrf} <input type="hidden" name="user" value="${name}" />
        <div class="row">
          <input
            name="text"
            required
            maxlength="4000"
            autocomplete="off"
            placeholder="Write something"
            aria-label="Message"
            class="grow"
            autofocus
          />
          <button class="primary">Send</button>
        </div>
        <p class="problem" role="alert"></p>
      </form>
    </section>
    <section aria-label="What becomes of it" class="stack">
      <div id="fate" data-live class="stack">${fate(trying)}</div>
      ${
        trying.isConnected &&
        visit.deps.sandboxUrl !== undefined &&
        html`<div class="card stack">
          <h2>The other end</h2>
          <p class="quiet">Answer as an agent in the sandbox, and see the answer arrive here.</p>
          <a class="button" href="${visit.deps.sandboxUrl}/" target="_blank" rel="noreferrer">Open the sandbox ↗</a>
        </div>`
      }
    </section>
  </div>`;
};

const talk = (said: readonly SaidMessage[]): Html =>
  said.length === 0
    ? html`<p class="quiet hint">Nothing was said yet. Say hello: a few seconds later your team has it.</p>`
    : html`<ol class="transcript">
        ${said.map(
          ({ role, author, content, acceptedAt }) =>
            html`<li class="message ${role === 'appUser' ? 'own' : 'theirs'}">
              <p class="by"><b>${role === 'appUser' ? 'You' : (author.name ?? 'Team')}</b> ${timeOf(acceptedAt)}</p>
              <p class="words" dir="auto">${plainText(content)}</p>
            </li>`,
        )}
      </ol>`;

function fate({ visit, conversation, lanes, isConnected }: Trying): Html {
  const { home, deps } = visit;
  if (!isConnected) {
    return html`<div class="card stack">
      <h2>Nothing is connected</h2>
      <p class="quiet">What you write is kept, and goes nowhere yet.</p>
      <a class="button primary" href="${home}/integrations">Connect a system</a>
    </div>`;
  }
  return html`<div class="card stack">
    <h2>Where it is</h2>
    ${lanes.length === 0 && html`<p class="quiet">It goes to what is connected as soon as you have written.</p>`}
    ${lanes.map((lane) => {
      const { tone, word, sentence } = laneStatus(lane, deps.clock.now());
      return html`<p>${pill(tone, word)} <b>${lane.label}</b><br /><span class="why">${sentence}</span></p>`;
    })}
    ${conversation !== undefined && html`<p><a href="${home}/conversations/${conversation}">See every message, attempt and ticket</a></p>`}
  </div>`;
}
