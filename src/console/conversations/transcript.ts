import type { ConversationHead, ConversationThread, LedgerEntry, SaidMessage } from '../../db/console/conversation.ts';
import type { LaneView } from '../../db/console/lanes.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { plainText } from '../../domain/plain-text.ts';
import { ask } from '../parts/ask.ts';
import { pill } from '../parts/pill.ts';
import { timeOf } from '../parts/time.ts';
import type { AppVisit } from '../visit.ts';
import { isGone, pending } from './lane-status.ts';
import { linkTo } from './thread-link.ts';

export interface Shown {
  readonly visit: AppVisit;
  readonly head: ConversationHead;
  readonly said: readonly SaidMessage[];
  readonly ledger: readonly LedgerEntry[];
  readonly lanes: readonly LaneView[];
  readonly threads: readonly ConversationThread[];
}

/** What was said, each message with where it is. */
export const transcript = (shown: Shown): Html =>
  html`<ol class="transcript">
    ${shown.said.map((message) => messageItem(shown, message))}
  </ol>`;

function messageItem(shown: Shown, message: SaidMessage): Html {
  const { visit, head, ledger } = shown;
  const { seq, role, author, content, acceptedAt, source } = message;
  const entries = ledger.filter((entry) => entry.seq === seq);
  return html`<li class="message ${role}" id="message-${seq}">
    <p class="by">
      <b>${role === 'appMaker' ? (author.name ?? 'Team') : head.user}</b>
      <span class="quiet">by ${visit.deps.ports.settings.systemLabel(source.type)}</span> ${timeOf(acceptedAt)}
      <a class="quiet" href="${visit.home}/conversations/${head.id}/messages/${seq}"
        >#${seq}<span class="unseen"> attempts</span></a
      >
    </p>
    <p class="words" dir="auto">${plainText(content)}</p>
    ${
      entries.length > 0 &&
      html`<ul class="ledger">
        ${entries.map((entry) => ledgerItem(shown, entry))}
      </ul>`
    }
  </li>`;
}

/** Where a message is, for one destination, and what can be done where it was refused. */
function ledgerItem(shown: Shown, entry: LedgerEntry): Html {
  const { visit, head, lanes } = shown;
  const lane = lanes.find(({ destination }) => destination === entry.destination);
  const label = lane?.label ?? 'elsewhere';
  switch (entry.state) {
    case 'delivered':
      return html`<li>
        ${pill('good', label)} ${deliveredTo(shown, entry)}${entry.problem !== null && html` · ${entry.problem}`}
      </li>`;
    case 'sending':
    case 'waiting': {
      if (lane === undefined) return html`<li>${pill('busy', label)} Waits.</li>`;
      const { tone, why } = pending(lane, entry.state, visit.deps.clock.now());
      return html`<li>${pill(tone, label)} ${why}</li>`;
    }
    case 'dead':
      return html`<li>${pill('calm', label)} Not delivered: ${entry.problem ?? 'skipped'}.</li>`;
    case 'parked': {
      const isOver = lane !== undefined && isGone(lane);
      return html`<li>
        ${pill(isOver ? 'calm' : 'bad', label)} Refused: ${entry.problem ?? 'the system did not say why'}.
        ${!isOver && repairs(visit, head.id, entry)}
      </li>`;
    }
  }
}

function deliveredTo({ visit, lanes, threads }: Shown, entry: LedgerEntry): Html {
  if (!entry.isSent) return html`<span class="quiet">came from there</span>`;
  const lane = lanes.find(({ destination }) => destination === entry.destination);
  const thread = threads.find(({ destination, label }) => destination === entry.destination && label === entry.thread);
  return html`${lane === undefined || thread === undefined ? (entry.thread ?? 'delivered') : linkTo(visit, lane, thread)}
  ${entry.deliveredAt !== null && timeOf(entry.deliveredAt)}${entry.form === 'plain' && html` · as plain text`}`;
}

/** What an operator can do with a refused message. */
export function repairs({ home, csrf }: AppVisit, conversation: string, entry: Pick<LedgerEntry, 'seq' | 'destination'>): Html {
  const fields = html`<input type="hidden" name="destination" value="${entry.destination}" />`;
  const action = `${home}/conversations/${conversation}/messages/${entry.seq}`;
  return html`<span class="repairs">
    <form method="post" action="${action}/retry" class="inline">${csrf} ${fields} <button class="small">Try again</button></form>
    ${ask({
      button: 'Skip…',
      question: 'The message is not delivered there, now or later. Everything else goes on.',
      yes: 'Skip the message',
      action: `${action}/skip`,
      csrf,
      fields,
    })}
  </span>`;
}
